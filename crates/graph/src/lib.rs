//! What a program did: its steps, and why each needs the others.
//!
//! A [`Graph`] owns [`Node`]s. It is plain data, added to while a program runs and only read
//! afterwards: nothing in this crate runs Python, touches a file or knows SQL.
//!
//! Start with [`Node`] for what a step is, [`Graph`] for how steps join up and
//! [`Graph::slice`] for what is left of a program when only some steps matter.
//!
//! ```
//! use clew_graph::Graph;
//!
//! let graph: Graph = "
//!     n0 = literal 1
//!     n1 = literal 2
//!     n2 = call add(n0, n0)
//! "
//! .parse()
//! .unwrap();
//! let sink = graph.ids().last().unwrap();
//! let kept: Vec<String> = graph.slice([sink]).ids().map(|id| id.to_string()).collect();
//! assert_eq!(kept, ["n0", "n2"]);
//! ```

pub mod node;
pub mod graph;
pub mod slice;
pub mod order;
pub mod text;
pub mod notation;
pub mod error;
pub mod confidence;
pub mod source;
pub mod record;
pub mod id;

pub use confidence::Confidence;
pub use error::GraphError;
pub use graph::{Graph, Parents};
pub use id::{ExecutionId, NodeId, SessionId, SourceId};
pub use node::{
    Argument, Block, BlockKind, Call, Callee, Cause, Else, Global, GlobalRead, If,
    ImplicitDependency, Import, KeywordArgument, Literal, Lookup, Mutate, NewNode, Node, NodeKind,
    Operator, Role,
};
pub use notation::TextProblem;
pub use record::{Artifact, Execution, NodeValue, Session, SessionKind, Timestamp};
pub use slice::Slice;
pub use source::{Source, SourceLocation, Span};
pub use text::TextError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
