#![doc = include_str!("../README.md")]

pub mod node;
pub mod graph;
pub mod item;
mod renewed;
pub mod slice;
pub mod step;
pub mod order;
pub mod text;
pub mod notation;
pub mod error;
pub mod confidence;
pub mod source;
pub mod record;
pub mod os_text;
pub mod id;
pub mod variable_name;

pub use confidence::Confidence;
pub use error::GraphError;
pub use graph::{Graph, Parents};
pub use id::{ExecutionId, NodeId, SessionId, SourceId};
pub use node::{
    Argument, Block, BlockKind, Call, CallTarget, Cause, Else, Global, GlobalRead, If,
    ImplicitDependency, Import, KeywordArgument, Literal, Lookup, Mutate, NewNode, Node, NodeKind,
    Operator, Role, Undo,
};
pub use notation::TextProblem;
pub use record::{Artifact, Execution, NodeValue, Session, SessionKind, Timestamp};
pub use slice::Slice;
pub use source::{Source, SourceLocation, Span};
pub use step::{Step, StepInput, StepVariable};
pub use text::TextError;
pub use variable_name::{is_kept_by_shell, is_of_function};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
