#![doc = include_str!("../README.md")]

/// What lies outside a program's values, part by part.
pub mod state;
/// Where an effect lands.
pub mod place;
/// What a call changes.
pub mod effect;
/// What effects do to the values of a call.
pub mod landing;
/// What rules know of a value that a call is given.
pub mod known_value;
/// Versions of packages, and ranges of them.
pub mod release;
/// Annotations as they are written.
pub mod annotation;
/// What rules ask about a call.
pub mod call;
/// Which of the rules about a callee count for a call.
mod resolve;
/// Every rule at hand.
pub mod catalog;
/// What Python's own syntax changes.
pub mod operator;
/// Mutations and views without a live heap.
pub mod version;

pub use annotation::{AnnotationError, Claim, Origin, Problem, Subjects};
pub use call::{CallFacts, CallShape};
pub use catalog::{Catalog, Class, RuleTarget, RuleTargetKind};
pub use clew_graph::Confidence;
pub use effect::{Change, Depth, Effects};
pub use known_value::KnownValue;
pub use landing::Landing;
pub use place::{Key, Place, Resource};
pub use state::{ExternalState, LastWriters, StateKey, StateMap, StateSet};
pub use version::Versions;
