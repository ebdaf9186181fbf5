//! Definitions: which node each definition statement of a text was last.

use clew_graph::NodeId;
use clew_syntax::{Range, Scope, Unit};
use rustc_hash::FxHashMap;

/// Which node each statement of a text was last that holds functions or classes, so that a function that runs finds
/// its own.
#[derive(Debug, Default)]
pub(super) struct Definitions(FxHashMap<Range, NodeId>);

impl Definitions {
    /// The statement with this place was run, or the part of one.
    pub(super) fn add(&mut self, range: Range, step: NodeId) {
        self.0.insert(range, step);
    }

    /// The node of the statement with this very place.
    pub(super) fn at(&self, range: Range) -> Option<NodeId> {
        self.0.get(&range).copied()
    }

    /// The node of the innermost statement with one that holds a scope.
    pub(super) fn around(&self, unit: &Unit, scope: &Scope) -> Option<NodeId> {
        let first = unit.statement_around(scope.range);
        let around =
            std::iter::successors(first, |&id| unit.statement(id).parent.map(|(id, _)| id));
        around.map(|id| unit.statement(id)).find_map(|statement| {
            let header = statement.header;
            let in_header = self.at(header).filter(|_| header.contains(scope.range));
            in_header.or_else(|| self.at(statement.range))
        })
    }
}
