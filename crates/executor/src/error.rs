//! Error: why a node could not be run.

use clew_graph::NodeId;

use crate::{HostError, Raised, SideEffect};

/// Why a node could not be run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// The user's code raised. What it did before is an outcome like any other.
    #[error("{node} raised {raised}")]
    Raised {
        /// The node that raised.
        node: NodeId,
        /// What it raised.
        raised: Raised,
        /// What it did before.
        side_effects: Vec<SideEffect>,
    },
    /// A node that this one stands on has not run.
    #[error("{node} stands on {input}, which has not run")]
    NotRun {
        /// The node.
        node: NodeId,
        /// What it stands on.
        input: NodeId,
    },
    /// A node that this one uses ran, and left no value or one that was forgotten.
    #[error("{node} uses the value of {input}, which has none")]
    NoValue {
        /// The node.
        node: NodeId,
        /// What it uses.
        input: NodeId,
    },
    /// The call or block that once bound a variable did not bind it this time.
    #[error("{call} did not bind `{name}`, which {node} stands for")]
    NotBound {
        /// The node that stands for the variable.
        node: NodeId,
        /// The variable's name.
        name: String,
        /// What was to bind it.
        call: NodeId,
    },
    /// Nobody gave the executor the text that the node stands for.
    #[error("{node} is a block whose text is missing")]
    NoText {
        /// The node.
        node: NodeId,
    },
    /// The host failed.
    #[error("{node} could not be run")]
    Host {
        /// The node.
        node: NodeId,
        /// How.
        #[source]
        source: HostError,
    },
    /// The session's folder could not be entered, or the one before it not be returned to.
    #[error("the working directory cannot be changed to `{path}`")]
    WorkingDirectory {
        /// The folder.
        path: String,
        /// How it failed.
        #[source]
        source: HostError,
    },
}

impl ExecuteError {
    /// What the user's code raised, if it is that.
    pub fn raised(&self) -> Option<&Raised> {
        match self {
            Self::Raised { raised, .. } => Some(raised),
            _ => None,
        }
    }
}

/// Why a handler stopped. The executor adds which node it was about.
pub(crate) enum Stop {
    Host(HostError),
    Execute(ExecuteError),
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<ExecuteError> for Stop {
    fn from(error: ExecuteError) -> Self {
        Self::Execute(error)
    }
}
