//! One program from its first statement to a kept artifact.
//!
//! [`Capture`] takes what an interpreter reports after each statement (an [`Outcome`]), makes the
//! nodes of the graph from the statement's template; a [`Journal`] hands them to the store's writer.
//! [`Slicer`] goes back from a variable or artifact to the text that made it. Nothing here knows
//! Python's C API: `clew-cpython` reports, and other interpreters could.
//!
//! Start with [`Capture`] for how a graph comes about and with [`Slicer`] for how text comes back.
//!
//! ```
//! use clew_graph::{SourceLocation, Timestamp};
//! use clew_session::{Bound, Capture, Outcome, Slicer};
//!
//! let mut capture = Capture::new();
//! let source = capture.begin_source(SourceLocation::Text, "a = 1\nb = 2\nc = a\n")?;
//!
//! // An interpreter runs the statements and reports each of them.
//! let unit = capture.unit(source).ok_or("a text that was begun")?;
//! for (&statement, name) in unit.top().iter().zip(["a", "b", "c"]) {
//!     let bound = Bound { name: name.to_owned(), certain: true, deleted: false };
//!     let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
//!     outcome.bound.push(bound);
//!     capture.record(&outcome)?;
//! }
//!
//! let sources: Vec<_> = capture.sources().cloned().collect();
//! let c = capture.variable("c").ok_or("a variable that was bound")?;
//! let sliced = Slicer::new(capture.graph(), &sources)?.slice([c]);
//! assert_eq!(sliced.code, "a = 1\nc = a\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod program;
pub mod outcome;
pub mod capture;
pub mod lower;
mod loop_fission;
pub mod journal;
pub mod no_lineage;
mod cells_text;
pub mod adjustment;
mod doubt;
pub mod followable;
mod joined_calls;
pub mod slicer;
pub mod steps;
pub mod position;
pub mod pointer;
pub mod why;
pub mod module_level;
pub mod statement_facts;
pub mod picture;
pub mod value_difference;
pub mod comparison;
pub mod unexecuted;
pub mod stale;
pub mod refusal;
pub mod replay;
pub mod rerun;
pub mod rerun_comparison;
pub mod replayer;
pub mod proof;
pub mod annotations;
pub mod configuration;
pub mod place;
mod redact;
pub mod trust;

pub use adjustment::Adjustment;
pub use annotations::{AnnotationFile, AnnotationFileError, AnnotationFolder};
pub use capture::{Capture, CaptureError, words_of};
pub use clew_store::{FileRole, SessionFile};
pub use comparison::{Aspect, Comparison, packages_of};
pub use followable::{KeptWhole, MOST_CALLS, closes_over, why_not_followed};
pub use journal::{FinalVariable, Journal, Saved, describe};
pub use module_level::{ModuleLevel, ModuleStatement, ValueChange, with_given};
pub use no_lineage::NoLineage;
pub use outcome::{
    ANNOTATIONS, Bound, BoundValue, ByOthers, Calling, Changed, Deferred, Entered, Facet, Facets,
    FacetsRead, LeftFunction, Outcome, SavedValue, TurnChange, Turns, Undone, Unfinished,
};
pub use place::store_place;
pub use pointer::Pointer;
pub use position::Position;
pub use program::Program;
pub use proof::{
    Lesson, Proof, ProofError, Prover, RecordedValue, Taught, final_variables, lessons,
};
pub use redact::redacted_lines;
pub use refusal::Refusal;
pub use replay::{Answer, ReplayError, Replayed, Verdict};
pub use replayer::{
    FileChange, ReplaySettings, Replayer, Trial, change_since, file_of, started_by_name,
};
pub use rerun::{
    KeptVariable, Output, RecordedVariable, Reran, Rerun, Setting, StepRun, VariableRun,
};
pub use rerun_comparison::{
    ComparedRerun, FirstDifference, RecordedValues, RerunCause, RerunComparison,
};
pub use slicer::{SliceError, Sliced, Slicer, Variables};
pub use stale::{CellInput, cell_inputs};
pub use steps::step_until;
pub use unexecuted::Unexecuted;

pub use statement_facts::{MadeValue, StatementFacts};
pub use value_difference::{DifferentCount, DifferentPart, ValueDifference};
pub use why::{CauseText, KeptStatement, Need, Reason, state_in_words};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
