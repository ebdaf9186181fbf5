//! What each call changes.
//!
//! A [`Catalog`] holds annotations: rules, written in YAML, that say what a function or method
//! does to its arguments, to its receiver and to the world. Asked about a call, it answers with
//! [`Effects`]. [`operator`] answers for Python's own syntax, and [`Versions`] keeps track of which
//! steps hold the present state of which value.
//!
//! Everything here is a function of plain data: nothing sees a Python object, reads a file or
//! runs code. Where no rule speaks, [`Effects::assumed`] is the answer: unknown is not pure.
//!
//! Start with [`Catalog`] for asking, [`Effects`] for what is answered, and the crate's README
//! for how annotations are written.
//!
//! ```
//! use clew_effects::{Catalog, Class, Scalar, Shape};
//!
//! let catalog = Catalog::builtin();
//! let frame = [Class::new("pandas", "DataFrame")];
//!
//! let copy = catalog.method(&frame, "fillna", &Shape::positional(1)).unwrap();
//! assert!(!copy.mutates());
//!
//! let inplace = Shape::positional(1).keyword("inplace", Scalar::Bool(true));
//! let changed = catalog.method(&frame, "fillna", &inplace).unwrap();
//! assert_eq!(changed.to_string(), "mutates self shallow");
//! ```

pub mod annotation;
pub mod call;
pub mod catalog;
pub mod effect;
pub mod operator;
pub mod place;
pub mod release;
mod resolve;
pub mod version;

pub use annotation::{AnnotationError, Claim, Origin, Problem, Subjects};
pub use call::{CallFacts, Scalar, Shape};
pub use catalog::{Catalog, Class, Target, TargetKind};
pub use clew_graph::Confidence;
pub use effect::{Change, Depth, Effects};
pub use place::{ExternalState, Key, Place, Resource};
pub use version::Versions;
