//! Split loop: a loop as nodes for its header and the statements of its body.
//!
//! The components of a [`Plan`] are recorded one after the other as if each were a statement that ran once and
//! did what it did in all turns. Since a component comes after those that it needs, what a variable stands
//! for when its turn comes holds them all.

use std::collections::BTreeSet;
use std::sync::Arc;

use clew_effects::StateKey;
use clew_graph::{
    Block, Cause, Global, GlobalRead, GraphError, ImplicitDependency, Mutate, NewNode, NodeId,
    NodeKind,
};
use clew_syntax::Statement;
use rustc_hash::{FxHashMap, FxHashSet};

use super::variable_history::Mark;
use super::{Capture, CaptureError};
use crate::Outcome;
use crate::loop_fission::{Part, Plan, ScopeText};
use crate::outcome::{Entered, Turns};

/// What came of the components that were recorded so far.
#[derive(Default)]
struct Progress {
    /// For each part, the node that stands for its component.
    roots: Vec<Option<NodeId>>,
    /// The variables that the loop gave a new node.
    defined: BTreeSet<String>,
}

impl Capture {
    /// Records a loop by its parts; the node of its header, or nothing where it has to be taken as a
    /// whole.
    pub(super) fn split_loop(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        control: Option<NodeId>,
    ) -> Result<Option<NodeId>, CaptureError> {
        let at = outcome.source.index() as usize;
        let Some(turns) = &outcome.turns else { return Ok(None) };
        let unit = Arc::clone(&self.sources[at].unit);
        if statement.whole.annotates {
            self.annotations()?;
        }
        let plan = Plan::new(
            &unit,
            statement,
            outcome,
            turns,
            |entered| self.scope_text(entered, outcome),
            |name| self.variables.contains_key(name),
        );
        let Some(plan) = plan else { return Ok(None) };
        let before = self.variables.mark();
        let recorded = self.components(outcome, turns, &plan, control);
        if let Ok(done) = &recorded {
            self.put_back(outcome, &plan, done, before);
        }
        self.variables.release(before);
        Ok(recorded?.roots[0])
    }

    /// Records the components one after the other.
    fn components(
        &mut self,
        outcome: &Outcome,
        turns: &Turns,
        plan: &Plan,
        control: Option<NodeId>,
    ) -> Result<Progress, CaptureError> {
        let mut done = Progress { roots: vec![None; plan.parts.len()], ..Progress::default() };
        for members in &plan.components {
            let mut previous = None;
            for &place in members {
                let node = self.part(outcome, plan, place, control, previous, &done)?;
                previous = Some(node);
            }
            let Some(root) = previous else { continue };
            for &place in members {
                done.roots[place] = Some(root);
            }
            self.define(outcome, turns, plan, members, root, &mut done)?;
            self.note_in_guards(outcome, root);
        }
        Ok(done)
    }

    /// What a variable leads to now was not changed, whatever it led to meanwhile.
    fn put_back(&mut self, outcome: &Outcome, plan: &Plan, done: &Progress, before: Mark) {
        let touched: FxHashSet<&str> = outcome
            .bound
            .iter()
            .filter(|binding| !binding.deleted)
            .map(|binding| binding.name.as_str())
            .chain(outcome.changed.iter().map(|changed| changed.name.as_str()))
            .collect();
        for name in done.defined.iter().filter(|name| !touched.contains(name.as_str())) {
            match self.variables.at(before, name) {
                Some(node) if !plan.bound.contains(name) => {
                    self.variables.insert(name.clone(), node);
                }
                _ => self.variables.remove(name),
            }
        }
    }

    fn scope_text(&self, entered: &Entered, outcome: &Outcome) -> Option<ScopeText> {
        let text = self.sources.get(entered.source.index() as usize)?;
        let scope = entered.scope_in(&text.unit)?;
        Some(ScopeText {
            reads: scope.reads.iter().map(|read| read.name.clone()).collect(),
            range: scope.range,
            same_text: entered.source == outcome.source,
        })
    }

    /// The node of a part. In a component of several, each stands on the one before.
    fn part(
        &mut self,
        outcome: &Outcome,
        plan: &Plan,
        place: usize,
        control: Option<NodeId>,
        previous: Option<NodeId>,
        done: &Progress,
    ) -> Result<NodeId, GraphError> {
        let at = outcome.source.index() as usize;
        let part = &plan.parts[place];
        let mut block = Block::new(part.kind);
        let mut seen = FxHashSet::default();
        for name in part.reads.iter().chain(&part.binds) {
            if done.defined.contains(name) || plan.has_past(name) {
                self.add_read(name, &mut block.global_reads, &mut seen);
            }
        }
        block.implicit_dependencies = self.needed_by(outcome, part);
        if let Some(previous) = previous {
            let before = members_before(plan, place);
            let name = part
                .reads
                .iter()
                .find(|name| before.iter().any(|&other| plan.parts[other].binds.contains(*name)));
            match name {
                Some(name) => {
                    block.global_reads.push(GlobalRead { name: name.clone(), node: previous })
                }
                None => block.implicit_dependencies.push(previous.into()),
            }
        }
        block.implicit_dependencies.sort_unstable();
        block.implicit_dependencies.dedup();
        if place == 0 {
            block.calls.clone_from(&outcome.calls);
        }
        let mut around = part.around;
        let control = loop {
            match around {
                Some(place) if done.roots[place].is_some() => break done.roots[place],
                Some(place) => around = plan.parts[place].around,
                None => break control,
            }
        };
        let span = Some(self.span(at, part.range));
        self.graph.insert(NewNode { span, control, kind: NodeKind::Block(block) })
    }

    /// The states and definitions that a part stands on.
    fn needed_by(&self, outcome: &Outcome, part: &Part) -> Vec<ImplicitDependency> {
        let mut needed: Vec<ImplicitDependency> = Vec::new();
        for entered in &part.entered {
            let Some(text) = self.sources.get(entered.source.index() as usize) else { continue };
            let Some(scope) = entered.scope_in(&text.unit) else { continue };
            // What the loop defines itself is known by its parts.
            let known = text.definitions.around(&text.unit, scope);
            let is_here = entered.source == outcome.source
                && text.unit.statement(outcome.statement).range.contains(scope.range);
            let definition = known.filter(|&step| !is_here || !self.is_around(step, outcome));
            needed.extend(definition.map(ImplicitDependency::from));
        }
        for key in &part.states_read {
            let state = Some(key.to_string());
            let nodes = self.external.read(key).into_iter();
            needed.extend(nodes.map(|node| ImplicitDependency { node, state: state.clone() }));
        }
        needed
    }

    /// Whether a node is that of a definition around the statement at hand.
    fn is_around(&self, step: NodeId, outcome: &Outcome) -> bool {
        let span = self.graph.get(step).and_then(|step| step.span);
        let unit = &self.sources[outcome.source.index() as usize].unit;
        let own = unit.statement(outcome.statement).range;
        span.is_some_and(|span| {
            let range = clew_syntax::Range::new(span.start, span.end);
            span.source == outcome.source && range != own && range.contains(own)
        })
    }

    /// What the variables and states stand for that a component binds or changes.
    fn define(
        &mut self,
        outcome: &Outcome,
        turns: &Turns,
        plan: &Plan,
        members: &[usize],
        root: NodeId,
        done: &mut Progress,
    ) -> Result<(), GraphError> {
        let at = outcome.source.index() as usize;
        let parts = || members.iter().map(|&place| &plan.parts[place]);
        let bound: BTreeSet<&String> = parts().flat_map(|part| &part.binds).collect();
        let mut versions: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        for name in &bound {
            let node = match self.variables.get(*name) {
                Some(&source) if done.defined.contains(*name) => {
                    let mutate = Mutate { source, call: root, cause: None };
                    self.graph.insert(NewNode::from(NodeKind::Mutate(mutate)))?
                }
                _ => {
                    let global = Global { name: (*name).clone(), call: root };
                    self.graph.insert(NewNode::from(NodeKind::Global(global)))?
                }
            };
            self.modules.remove(*name);
            self.variables.insert((*name).clone(), node);
            done.defined.insert((*name).clone());
        }
        for (name, &number) in parts().flat_map(|part| &part.changes) {
            if bound.contains(name) {
                continue;
            }
            if !done.defined.contains(name) && !plan.has_past(name) {
                // It is bound by a component to come, which shall not hide this one.
                let global = Global { name: name.clone(), call: root };
                let node = self.graph.insert(NewNode::from(NodeKind::Global(global)))?;
                self.variables.insert(name.clone(), node);
                done.defined.insert(name.clone());
                continue;
            }
            let Some(&source) = self.variables.get(name) else { continue };
            let node = match versions.get(&source) {
                Some(&node) => node,
                None if versions.values().any(|&node| node == source) => continue,
                None => {
                    let cause = turns.changes.get(number).map(|change| Cause {
                        by: change.cause.clone(),
                        confidence: change.confidence,
                    });
                    let mutate = Mutate { source, call: root, cause };
                    let node = self.graph.insert(NewNode::from(NodeKind::Mutate(mutate)))?;
                    versions.insert(source, node);
                    node
                }
            };
            self.variables.insert(name.clone(), node);
            done.defined.insert(name.clone());
        }
        let written: Vec<(StateKey, bool)> =
            parts().flat_map(|part| part.states_written.iter().cloned()).collect();
        for (key, anew) in written {
            // In which order the others write to it is not known.
            let replaces = parts().any(|part| part.states_read.contains(&key))
                || anew && plan.is_only_writer(members, &key);
            self.external.write(key, root, replaces);
        }
        for part in parts().filter(|part| part.defines) {
            self.sources[at].definitions.add(part.range, root);
        }
        Ok(())
    }
}

/// The parts of a part's component that stand before it.
fn members_before(plan: &Plan, place: usize) -> Vec<usize> {
    let component = plan.components.iter().find(|component| component.contains(&place));
    component.into_iter().flatten().copied().filter(|&other| other < place).collect()
}
