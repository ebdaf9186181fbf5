//! Event: what the executor did, in order.

use std::fmt;

use clew_graph::NodeId;

use crate::{Raised, SideEffect};

/// One thing that the executor did. [`Executor::on_event`](crate::Executor::on_event) reports
/// each as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A node began to run.
    Started(NodeId),
    /// A node has run.
    Finished {
        /// Which.
        node: NodeId,
        /// What it did.
        side_effects: Vec<SideEffect>,
    },
    /// The user's code raised in a node.
    Raised {
        /// Which.
        node: NodeId,
        /// What it raised.
        raised: Raised,
        /// What it did before.
        side_effects: Vec<SideEffect>,
    },
    /// A node was left out: nobody asked for it, an earlier one failed, or it is a branch that
    /// the program did not take.
    Skipped(NodeId),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side_effects = match self {
            Self::Started(node) => return write!(f, "{node} started"),
            Self::Skipped(node) => return write!(f, "{node} skipped"),
            Self::Finished { node, side_effects } => {
                write!(f, "{node} finished")?;
                side_effects
            }
            Self::Raised { node, raised, side_effects } => {
                write!(f, "{node} raised {raised}")?;
                side_effects
            }
        };
        side_effects.iter().try_for_each(|side_effect| write!(f, "; {side_effect}"))
    }
}
