//! Notation: how names, ids and quoted texts are written in a line, and read from it.

use crate::{GraphError, NodeId};

mod cursor;
mod quote;

pub(crate) use cursor::{Cursor, Reading};
pub(crate) use quote::{Braced, Name, Quoted, QuotedBytes};

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextProblem {
    /// Something else has to stand here.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What has to stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// A quoted text has no closing quote, or a backslash in it means nothing.
    #[error("{0} is no quoted text")]
    Quote(String),
    /// Nodes are numbered from 0 without gaps.
    #[error("{found} stands where {expected} comes next")]
    OutOfOrder {
        /// The id that comes next.
        expected: NodeId,
        /// The id that stands there.
        found: NodeId,
    },
    /// The graph refuses the node.
    #[error(transparent)]
    Graph(#[from] GraphError),
}
