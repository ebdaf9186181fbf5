//! Error: why a node cannot join a graph.

use crate::NodeId;

/// Why a node could not join a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The node needs something that is not there yet.
    #[error("{kind} node {node} needs {missing}, which is not in the graph")]
    MissingInput {
        /// The kind's word.
        kind: &'static str,
        /// The id that the node would have had.
        node: NodeId,
        /// What it needs.
        missing: NodeId,
    },
    /// Ids are 32 bits wide and all are given out.
    #[error("the graph holds {0} nodes and has no more ids to give")]
    Full(usize),
}
