//! Module level: the statements of a slice at the module's level, and what is known of each.

use std::collections::BTreeSet;

use clew_graph::{Graph, GraphError, Literal, NewNode, NodeId, NodeKind, Slice, SourceId};
use rustc_hash::FxHashMap;

use crate::slicer::Key;
use crate::{Adjustment, Position, Sliced, Slicer};

/// A slice by its statements at the module's level, in the order in which they stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleLevel {
    /// The slice.
    pub sliced: Sliced,
    /// Its statements.
    pub statements: Vec<ModuleStatement>,
    /// The values that are changed in it after they were made.
    pub changes: Vec<ValueChange>,
}

/// A statement at the module's level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleStatement {
    /// Where it begins, with its first decorator.
    pub position: Position,
    /// The line in which it ends.
    pub last_line: usize,
    /// Which of its text's statements it is, counted from zero.
    pub ordinal: usize,
    /// The statements of the slice whose values, changes or states its own nodes need.
    pub needs: BTreeSet<usize>,
}

/// A change of a value that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueChange {
    /// The node of the session that it is.
    pub step: NodeId,
    /// The variable that the value was bound to when it was made, where by one.
    pub variable: Option<String>,
    /// The statement that made the value; none where only the variable is known.
    pub made_by: Option<usize>,
    /// The statement in whose text the change is.
    pub changed_by: Option<usize>,
}

impl Slicer<'_> {
    /// The slice of some nodes by its statements.
    pub fn module_level(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        adjustment: &Adjustment,
    ) -> ModuleLevel {
        let sinks: Vec<NodeId> = sinks.into_iter().collect();
        let selection = self.select(sinks.iter().copied(), adjustment);
        let slice = self.nodes_of(sinks);
        let steps: Vec<NodeId> = slice.ids().collect();
        let mut first: FxHashMap<Key, NodeId> = FxHashMap::default();
        for &id in &steps {
            if let Some(top) = self.top_of(id) {
                first.entry(top).or_insert(id);
            }
        }
        // Cells may have run in another order than that in which they are kept.
        let mut tops: Vec<(NodeId, Key)> = Vec::new();
        for (at, (_, unit)) in self.units().iter().enumerate() {
            let Some(kept) = selection.kept_of(at) else { continue };
            let mut order = NodeId::new(0);
            for &id in unit.top().iter().filter(|&&id| kept.contains(id)) {
                order = order.max(first.get(&(at, id)).copied().unwrap_or(order));
                tops.push((order, (at, id)));
            }
        }
        if selection.sliced.parts.len() > 1 {
            tops.sort_by_key(|&(order, _)| order);
        }
        let places: FxHashMap<Key, usize> =
            tops.iter().enumerate().map(|(place, &(_, top))| (top, place)).collect();
        let place_of = |id: NodeId| places.get(&self.top_of(id)?).copied();
        let mut needs = vec![BTreeSet::new(); tops.len()];
        for &id in &steps {
            // What runs in the body of a definition is not what the definition itself needs.
            if let (Some(owner), Some(user)) = (self.owner(id), place_of(id))
                && (self.units()[owner.0].1.definition_around(owner.1)).is_none()
            {
                self.graph().visit_needs(id, &mut |_, input| {
                    needs[user].extend(place_of(input).filter(|&needed| needed != user));
                });
            }
        }
        let changes = self.changes_of(&slice, place_of);
        let statements = tops.iter().zip(needs).map(|(&(_, top), needs)| {
            let (_, unit) = &self.units()[top.0];
            let range = unit.statement(top.1).range;
            let position = self.position(top);
            let last_line = position.line + range.of(unit.text()).matches('\n').count();
            ModuleStatement { position, last_line, ordinal: self.ordinal(top).1, needs }
        });
        let statements = statements.collect();
        ModuleLevel { sliced: selection.sliced, statements, changes }
    }

    /// The statement at the module's level that a node belongs to: its text, and which one there.
    pub fn module_statement_of(&self, id: NodeId) -> Option<(SourceId, usize)> {
        self.top_of(id).map(|top| self.ordinal(top))
    }

    /// What the nodes of a slice change, also what nobody in it reads afterwards.
    fn changes_of(
        &self,
        slice: &Slice,
        place_of: impl Fn(NodeId) -> Option<usize>,
    ) -> Vec<ValueChange> {
        let mut changes = Vec::new();
        for node in self.graph().nodes() {
            let (variable, made_by) = match &node.kind {
                NodeKind::Mutate(mutate) if slice.contains(mutate.call) => {
                    let made = self.made_by(node.id);
                    (self.variable_of(made), place_of(made))
                }
                // What a loop changes may be told as if it bound it.
                NodeKind::Global(global)
                    if slice.contains(global.call) && self.is_block(global.call) =>
                {
                    (Some(global.name.clone()), None)
                }
                _ => continue,
            };
            let changed_by = place_of(node.id);
            changes.push(ValueChange { step: node.id, variable, made_by, changed_by });
        }
        changes
    }

    fn is_block(&self, id: NodeId) -> bool {
        matches!(self.graph().get(id).map(|node| &node.kind), Some(NodeKind::Block(_)))
    }

    fn ordinal(&self, (at, id): Key) -> (SourceId, usize) {
        let (source, unit) = &self.units()[at];
        (*source, unit.top().iter().take_while(|&&top| top != id).count())
    }

    fn top_of(&self, id: NodeId) -> Option<Key> {
        let (at, statement) = self.owner(id)?;
        Some((at, self.units()[at].1.outermost(statement)))
    }

    /// The node that made what a node is a later state of.
    fn made_by(&self, id: NodeId) -> NodeId {
        match self.graph().get(id).map(|node| &node.kind) {
            Some(NodeKind::Mutate(mutate)) => self.made_by(mutate.source),
            _ => id,
        }
    }
}

/// A graph in which the values of some nodes are there without anything that made them.
///
/// # Errors
/// When the graph is none.
pub fn with_given(graph: &Graph, given: &[NodeId]) -> Result<Graph, GraphError> {
    let mut copy = Graph::new();
    for node in graph.nodes() {
        let new = match given.contains(&node.id) {
            true => NodeKind::Literal(Literal::None).into(),
            false => NewNode { span: node.span, control: node.control, kind: node.kind.clone() },
        };
        copy.insert(new)?;
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use clew_graph::{SourceLocation, Timestamp};

    use super::with_given;
    use crate::{Adjustment, Bound, Capture, Outcome, Slicer};

    const PROGRAM: &str = "a = 1\nb = 2\nc = [a]\nd = c\n";

    fn captured() -> Capture {
        let mut capture = Capture::new();
        let source = capture.begin_source(SourceLocation::Text, PROGRAM).expect("is Python");
        let unit = capture.unit(source).expect("was begun");
        for (&statement, name) in unit.top().iter().zip(["a", "b", "c", "d"]) {
            let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
            outcome.bound.push(Bound { name: name.to_owned(), certain: true, deleted: false });
            capture.record(&outcome).expect("is in order");
        }
        capture
    }

    #[test]
    fn a_slice_says_where_its_statements_stand_and_what_they_need() {
        let capture = captured();
        let sources: Vec<_> = capture.sources().cloned().collect();
        let slicer = Slicer::new(capture.graph(), &sources).expect("is Python");
        let d = capture.variable("d").expect("was bound");
        let level = slicer.module_level([d], &Adjustment::default());
        let lines: Vec<_> = level.statements.iter().map(|known| known.position.line).collect();
        let ordinals: Vec<_> = level.statements.iter().map(|known| known.ordinal).collect();
        assert_eq!((lines, ordinals), (vec![1, 3, 4], vec![0, 2, 3]));
        assert_eq!(level.statements[1].needs, [0].into());
        assert_eq!(level.sliced, slicer.slice([d]));
    }

    #[test]
    fn what_is_given_needs_nothing() {
        let capture = captured();
        let sources: Vec<_> = capture.sources().cloned().collect();
        let (c, d) = (capture.variable("c"), capture.variable("d"));
        let (c, d) = (c.expect("was bound"), d.expect("was bound"));
        let cut = with_given(capture.graph(), &[c]).expect("is a graph");
        let whole = Slicer::new(capture.graph(), &sources).expect("is Python");
        assert!(whole.slice([d]).code.contains("a = 1"));
        let slicer = Slicer::new(&cut, &sources).expect("is Python");
        assert!(!slicer.module_level([d], &Adjustment::default()).sliced.code.contains("a = 1"));
    }
}
