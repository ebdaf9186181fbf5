//! Steps: the statements of a session at module level that ran, as what can be run again.

use clew_graph::{BlockKind, Node, NodeId, NodeKind, Role, Step, StepInput, StepVariable};
use clew_syntax::{Kept, Range, Statement};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cells_text::{is_result, is_unexecuted};
use crate::slicer::{Key, span_of};
use crate::why::state_needed;
use crate::{Adjustment, Position, Slicer};

mod by_nodes;
#[cfg(test)]
mod tests;

/// What a shell provides beside results by their numbers.
const PROVIDED: [&str; 7] = ["_", "__", "___", "In", "Out", "get_ipython", "display"];

/// Where Python itself keeps which warnings a module has given.
const WARNINGS_GIVEN: &str = "__warningregistry__";

impl Slicer<'_> {
    /// The steps of the whole session, in the order in which they ran.
    pub fn all_steps(&self) -> Vec<Step> {
        let kept = self.units().iter().map(|(_, unit)| {
            let whole = unit.top().iter().map(|&id| unit.statement(id).range);
            unit.keep(whole)
        });
        let kept: Vec<Kept> = kept.collect();
        self.steps_kept(|at| kept.get(at), true)
    }

    /// The steps that some nodes need, each with what of its statement is kept, as proofs have adjusted it: the
    /// texts of these are what the [slice](Self::slice_with) says.
    pub fn steps_of(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        adjustment: &Adjustment,
    ) -> Vec<Step> {
        let selection = self.select(sinks, adjustment);
        self.steps_kept(|at| Some(self.kept_of(&selection, at)), false)
    }

    /// The first of some steps that only a shell can run: one of a cell that raised, that reads results by their
    /// numbers or what a shell provides, or that awaits.
    pub fn needs_shell<'s>(&self, steps: &'s [Step]) -> Option<&'s Step> {
        let cells = self.cells()?;
        steps.iter().find(|step| {
            let place = self.units().iter().position(|(source, _)| *source == step.span.source);
            let top = place.and_then(|at| {
                let unit = &self.units()[at].1;
                let around = unit.statement_around(Range::new(step.span.start, step.span.end))?;
                Some((at, unit.outermost(around)))
            });
            let Some((at, top)) = top else { return true };
            let access = &self.units()[at].1.statement(top).whole;
            let by_shell = |name: &str| is_result(name) || PROVIDED.contains(&name);
            cells.has_raised((at, top))
                || access.reads.iter().any(|read| by_shell(&read.name))
                || step.text.contains("await")
        })
    }

    /// Where a step stands.
    pub fn place_of(&self, step: &Step) -> Position {
        let line = usize::try_from(step.line()).unwrap_or(usize::MAX);
        Position { source: step.span.source, cell: self.cell_of(step.span.source), line }
    }

    fn steps_kept<'k>(&self, kept: impl Fn(usize) -> Option<&'k Kept>, ran: bool) -> Vec<Step> {
        let owners = self.owners();
        let mut nodes: FxHashMap<Key, Vec<NodeId>> = FxHashMap::default();
        for (id, owner) in self.graph().ids().zip(&owners) {
            if let Some(owner) = owner {
                nodes.entry(*owner).or_default().push(id);
            }
        }
        let mut steps = Vec::new();
        let mut places: FxHashMap<Key, u32> = FxHashMap::default();
        for (at, (source, unit)) in self.units().iter().enumerate() {
            let Some(kept) = kept(at) else { continue };
            for (top, cut) in unit.cut_statements(kept) {
                let all = nodes.remove(&(at, top)).unwrap_or_default();
                // What is cut needs nothing.
                let is_kept = |id: &NodeId| {
                    self.owner(*id).is_none_or(|(own, inner)| own != at || kept.contains(inner))
                };
                let nodes: Vec<NodeId> = all.into_iter().filter(is_kept).collect();
                let did =
                    |id: &NodeId| self.graph().get(*id).is_some_and(|node| !is_unexecuted(node));
                let statement = unit.statement(top);
                // What did not run has nothing that could be run again; what speaks to the compiler has no nodes.
                let speaks = statement.imports().iter().any(|alias| alias.module == "__future__");
                if ran && !speaks && !nodes.iter().any(did) {
                    continue;
                }
                let place = u32::try_from(steps.len()).unwrap_or(u32::MAX);
                let needs = self.needs_of(&nodes, &owners, (&places, &steps, statement));
                let variables = self.variables_of(statement, &nodes);
                // Of an import all that is kept has nodes of its own.
                let is_whole = cut.text.trim_end() == statement.range.of(unit.text())
                    || !statement.imports().is_empty();
                let is_said_by_nodes = is_whole && self.is_said_by(statement, &nodes, &variables);
                places.insert((at, top), place);
                steps.push(Step {
                    span: span_of(*source, statement.range),
                    text: cut.text,
                    lines: cut.lines,
                    is_first: unit.top().first() == Some(&top),
                    nodes,
                    is_said_by_nodes,
                    needs,
                    variables,
                });
            }
        }
        steps
    }

    /// The statement at module level that each node belongs to: of what a function did that was followed, the one
    /// that called it.
    fn owners(&self) -> Vec<Option<Key>> {
        let mut owners: Vec<Option<Key>> = vec![None; self.graph().len()];
        // Parts of a statement come before its root, which alone says under what it ran.
        let mut behind: Option<(Key, Option<Key>)> = None;
        for node in self.graph().nodes().iter().rev() {
            let Some(own) = self.owner(node.id) else { continue };
            let outermost = self.outermost_control(node);
            let owner = match outermost {
                Some(control) => self.owner(control).map(|key| self.at_top(key)),
                None => match behind {
                    Some((key, owner)) if key == own && self.is_in_definition(own) => owner,
                    _ => Some(self.at_top(own)),
                },
            };
            owners[node.id.index() as usize] = owner;
            behind = Some((own, owner));
        }
        owners
    }

    /// The first of the nodes under which a node ran, from the module on.
    fn outermost_control(&self, node: &Node) -> Option<NodeId> {
        let around = std::iter::successors(self.control_of(node), |&id| {
            self.graph().get(id).and_then(|node| self.control_of(node))
        });
        around.last()
    }

    fn control_of(&self, node: &Node) -> Option<NodeId> {
        let made_by = match &node.kind {
            NodeKind::Mutate(mutate) => self.graph().get(mutate.call),
            NodeKind::Global(global) => self.graph().get(global.call),
            _ => None,
        };
        node.control.or_else(|| made_by.and_then(|made_by| self.control_of(made_by)))
    }

    fn at_top(&self, (at, statement): Key) -> Key {
        (at, self.units()[at].1.outermost(statement))
    }

    fn is_in_definition(&self, (at, statement): Key) -> bool {
        self.units()[at].1.definition_around(statement).is_some()
    }

    /// What the nodes of a step need of others.
    fn needs_of(
        &self,
        nodes: &[NodeId],
        owners: &[Option<Key>],
        (places, steps, statement): (&FxHashMap<Key, u32>, &[Step], &Statement),
    ) -> Vec<StepInput> {
        let own: FxHashSet<NodeId> = nodes.iter().copied().collect();
        let (mut needs, mut met): (Vec<StepInput>, FxHashSet<StepInput>) = Default::default();
        let read: FxHashSet<&str> =
            statement.whole.reads.iter().map(|read| read.name.as_str()).collect();
        for &id in nodes {
            let Some(user) = self.graph().get(id) else { continue };
            self.graph().visit_needs(id, &mut |role, node| {
                if own.contains(&node) {
                    return;
                }
                let owner = owners.get(node.index() as usize).copied().flatten();
                let step = owner.and_then(|owner| places.get(&owner).copied());
                let made = step.and_then(|step| steps.get(step as usize));
                let mut names: Vec<String> = match role {
                    Role::Implicit => state_needed(user, node).into_iter().collect(),
                    _ => self.variable_of(node).into_iter().collect(),
                };
                if names.is_empty() && role != Role::Implicit {
                    let bound = made.into_iter().flat_map(|made| &made.variables);
                    let shared = bound.filter(|bound| read.contains(bound.name.as_str()));
                    names = shared.map(|bound| bound.name.clone()).collect();
                }
                let mut add = |name: Option<String>| {
                    let input = StepInput { node, role, name, step };
                    if met.insert(input.clone()) {
                        needs.push(input);
                    }
                };
                match names.is_empty() {
                    true => add(None),
                    false => names.into_iter().for_each(|name| add(Some(name))),
                }
            });
        }
        needs
    }

    /// The variables that a step may bind or change, each with the last of its nodes that is its value.
    fn variables_of(&self, statement: &Statement, nodes: &[NodeId]) -> Vec<StepVariable> {
        let mut variables: Vec<StepVariable> = Vec::new();
        let mut note = |name: &str, node: Option<NodeId>| match variables
            .iter_mut()
            .find(|known| known.name == name)
        {
            Some(known) => known.node = node.or(known.node),
            None => variables.push(StepVariable { name: name.to_owned(), node }),
        };
        // Of a compound statement what is bound shows in its nodes alone, for some of it may be cut.
        let binds = if statement.is_compound() { &[][..] } else { &statement.whole.binds };
        let by_text = self.bound_by_text(statement, nodes);
        for binding in binds.iter().filter(|binding| !binding.deletes) {
            let node = by_text.iter().find(|(name, _)| *name == binding.name);
            note(&binding.name, node.map(|&(_, node)| node));
        }
        let is_value = |id: NodeId| match self.graph().get(id).map(|node| &node.kind) {
            Some(NodeKind::Block(block)) => {
                matches!(block.kind, BlockKind::Function | BlockKind::Class)
            }
            kind => kind.is_some(),
        };
        for &id in nodes.iter().filter(|&&id| is_value(id)) {
            if let Some(name) = self.variable_of(id)
                && name != WARNINGS_GIVEN
                && !by_text.iter().any(|(known, node)| *known == name && id < *node)
            {
                note(&name, Some(id));
            }
        }
        variables
    }
}

/// The statement at module level that stands on a line or, where a name is given, binds it first.
pub fn step_until(steps: &[Step], wanted: &str) -> Option<usize> {
    if let Ok(line) = wanted.parse::<u32>() {
        let last = |step: &Step| step.lines.last().copied().unwrap_or_default();
        return steps.iter().position(|step| step.line() <= line && line <= last(step));
    }
    steps.iter().position(|step| step.variables.iter().any(|bound| bound.name == wanted))
}
