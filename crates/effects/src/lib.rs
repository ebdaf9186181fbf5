#![doc = include_str!("../README.md")]

pub mod annotation;
pub mod call;
pub mod catalog;
pub mod effect;
pub mod operator;
pub mod place;
pub mod release;
mod resolve;
pub mod state;
pub mod version;

pub use annotation::{AnnotationError, Claim, Origin, Problem, Subjects};
pub use call::{CallFacts, Scalar, Shape};
pub use catalog::{Catalog, Class, Target, TargetKind};
pub use clew_graph::Confidence;
pub use effect::{Change, Depth, Effects};
pub use place::{Key, Place, Resource};
pub use state::{ExternalState, LastWriters, StateKey, StateMap, StateSet};
pub use version::Versions;
