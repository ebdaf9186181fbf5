//! Variable history: the nodes whose values they have, now and at moments that are marked.

use std::ops::Deref;

use clew_graph::NodeId;
use rustc_hash::FxHashMap;

/// Which node each variable is.
#[derive(Debug, Default)]
pub(super) struct VariableHistory {
    now: FxHashMap<String, NodeId>,
    /// What they were before each change, in order, since the first mark that was not released.
    changes: Vec<(String, Option<NodeId>)>,
    /// How many marks were not released.
    marks: usize,
}

/// A moment at which it may be asked later what the variables were.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(usize);

impl VariableHistory {
    /// Marks the moment.
    pub(super) fn mark(&mut self) -> Mark {
        self.marks += 1;
        Mark(self.changes.len())
    }

    /// Nobody will ask for a mark any more.
    pub(super) fn release(&mut self, _mark: Mark) {
        self.marks = self.marks.saturating_sub(1);
        if self.marks == 0 {
            self.changes.clear();
        }
    }

    /// The node that a variable was at a mark, which was not released.
    pub(super) fn at(&self, mark: Mark, name: &str) -> Option<NodeId> {
        let mut since = self.changes.iter().skip(mark.0);
        match since.find(|(changed, _)| changed == name) {
            Some(&(_, before)) => before,
            None => self.now.get(name).copied(),
        }
    }

    /// A variable is another node from now on.
    pub(super) fn insert(&mut self, name: String, node: NodeId) {
        if self.marks == 0 {
            self.now.insert(name, node);
            return;
        }
        let before = self.now.insert(name.clone(), node);
        self.changes.push((name, before));
    }

    /// A variable is gone.
    pub(super) fn remove(&mut self, name: &str) {
        let before = self.now.remove(name);
        if self.marks > 0 && before.is_some() {
            self.changes.push((name.to_owned(), before));
        }
    }
}

impl Deref for VariableHistory {
    type Target = FxHashMap<String, NodeId>;

    fn deref(&self) -> &Self::Target {
        &self.now
    }
}
