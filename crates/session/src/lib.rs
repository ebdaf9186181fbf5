//! One program from its first statement to a kept artifact.
//!
//! [`Capture`] takes what an interpreter reports after each statement (an [`Outcome`]), makes the
//! nodes of the graph from the statement's lowering, and hands them to the store's writer.
//! [`Slicer`] goes back from a variable or artifact to the text that made it. Nothing here knows
//! Python's C API: `clew-cpython` reports, and other interpreters could.
//!
//! Start with [`Capture`] for how a graph comes about and with [`Slicer`] for how text comes back.

pub mod capture;
pub mod external;
pub mod lower;
pub mod outcome;
pub mod place;
pub mod replay;
pub mod slicer;
pub mod tape;

pub use capture::{Capture, CaptureError};
pub use external::{ExternalStates, StateKey};
pub use outcome::{Bound, Changed, Entered, Outcome, SavedValue};
pub use place::store_place;
pub use replay::Answer;
pub use replay::{Replay, ReplayError, Verdict};
pub use slicer::{SliceError, Sliced, Slicer, Variables};
pub use tape::{Looked, Saved, Tape, describe};
