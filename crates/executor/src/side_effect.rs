//! Side effect: what running a node did beyond giving a value.

use std::fmt;

use clew_effects::{Confidence, Depth, StateKey};
use clew_graph::NodeId;

/// What running a node did beyond giving a value. It is for who builds the graph to act on: a
/// mutation asks for a mutate node, a written global for a global node, and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideEffect {
    /// It read or bound global variables.
    AccessedGlobals {
        /// The names that it read.
        read: Vec<String>,
        /// The names that it bound.
        written: Vec<String>,
    },
    /// It changed something.
    Mutated {
        /// What.
        target: Affected,
        /// How far the change goes.
        depth: Depth,
        /// How that is known.
        confidence: Confidence,
    },
    /// From now on a change of one of some nodes' values may be a change of the others.
    Views {
        /// Whose values.
        nodes: Vec<NodeId>,
        /// How that is known.
        confidence: Confidence,
    },
    /// It depends on something that it was not passed.
    ImplicitDependency {
        /// What.
        target: Affected,
        /// How that is known.
        confidence: Confidence,
    },
}

impl SideEffect {
    /// How it is known that it happened.
    pub fn confidence(&self) -> Confidence {
        match self {
            // The names stand in the code, and what is bound shows in the module.
            Self::AccessedGlobals { .. } => Confidence::Observed,
            Self::Mutated { confidence, .. }
            | Self::Views { confidence, .. }
            | Self::ImplicitDependency { confidence, .. } => *confidence,
        }
    }
}

/// What a side effect is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// The value of a node; for an external state, its latest version.
    Node(NodeId),
    /// An external state that is first met here. [`state_lookup`](crate::state_lookup) makes the
    /// node that stands for it.
    State(StateKey),
}

impl fmt::Display for SideEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessedGlobals { read, written } => {
                let mut gap = "";
                for (verb, names) in [("reads", read), ("binds", written)] {
                    if !names.is_empty() {
                        write!(f, "{gap}{verb} {{{}}}", names.join(", "))?;
                        gap = " ";
                    }
                }
                return Ok(());
            }
            Self::Mutated { target, depth: Depth::Deep, .. } => write!(f, "mutates {target}")?,
            Self::Mutated { target, depth: Depth::Shallow, .. } => {
                write!(f, "mutates {target} shallow")?;
            }
            Self::Views { nodes, .. } => {
                f.write_str("views")?;
                let mut gap = " ";
                for node in nodes {
                    write!(f, "{gap}{node}")?;
                    gap = ", ";
                }
            }
            Self::ImplicitDependency { target, .. } => write!(f, "depends on {target}")?,
        }
        match self.confidence() {
            Confidence::Annotated => Ok(()),
            confidence => write!(f, " ({confidence})"),
        }
    }
}

impl fmt::Display for Affected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::State(key) => write!(f, "<{key}>"),
        }
    }
}
