//! Order: which nodes come before and after others.

use petgraph::Direction;
use rustc_hash::FxHashSet;

use crate::{Graph, NodeId, Slice};

impl Graph {
    /// An order in which every node comes after all that it needs; nodes that do not need each
    /// other come in the order in which the program ran them.
    ///
    /// A node joins the graph only after what it needs (see [`Graph`]), so this is program order.
    pub fn visit_order(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator {
        self.ids()
    }

    /// All that some nodes need, near and far, the nodes themselves left out unless one needs
    /// another. Ids that are not in the graph are passed over.
    pub fn ancestors(&self, of: impl IntoIterator<Item = NodeId>) -> Slice {
        Slice::of(self.reached(of, Direction::Incoming))
    }

    /// All that needs some nodes, near and far, the nodes themselves left out unless one needs
    /// another. Ids that are not in the graph are passed over.
    pub fn descendants(&self, of: impl IntoIterator<Item = NodeId>) -> Slice {
        Slice::of(self.reached(of, Direction::Outgoing))
    }

    /// All that is come to from some nodes in one direction.
    pub(crate) fn reached(
        &self,
        from: impl IntoIterator<Item = NodeId>,
        direction: Direction,
    ) -> FxHashSet<NodeId> {
        let mut reached = FxHashSet::default();
        let mut open: Vec<NodeId> =
            from.into_iter().filter(|id| (id.index() as usize) < self.len()).collect();
        while let Some(id) = open.pop() {
            open.extend(self.neighbours(id, direction).filter(|&next| reached.insert(next)));
        }
        reached
    }
}
