//! Slice: what is left of a program when only some steps matter.

use petgraph::Direction;

use crate::{Graph, NodeId};

/// A set of a graph's steps. It takes room for the steps that it holds, however large the graph is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// In program order.
    kept: Vec<NodeId>,
}

impl Slice {
    /// Some steps, in any order and none of them twice.
    pub(crate) fn of(ids: impl IntoIterator<Item = NodeId>) -> Self {
        let mut kept: Vec<NodeId> = ids.into_iter().collect();
        kept.sort_unstable();
        Self { kept }
    }

    /// Whether a step is kept.
    pub fn contains(&self, id: NodeId) -> bool {
        self.kept.binary_search(&id).is_ok()
    }

    /// The steps that are kept, in program order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        self.kept.iter().copied()
    }

    /// How many steps are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether no step is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

impl Graph {
    /// The sinks and all that they need: data, mutations, globals, control dependences and the
    /// branches that were not taken (a backward slice, Weiser 1981; of this run, as in Agrawal
    /// and Horgan 1990). Sinks that are not in the graph are passed over.
    pub fn slice(&self, sinks: impl IntoIterator<Item = NodeId>) -> Slice {
        let sinks: Vec<NodeId> =
            sinks.into_iter().filter(|&sink| self.get(sink).is_some()).collect();
        let mut kept = self.reached(sinks.iter().copied(), Direction::Incoming);
        kept.extend(sinks);
        Slice::of(kept)
    }
}
