#![doc = include_str!("../README.md")]

// Where a program is.
/// Lines and columns of a text as bytes.
mod line_index;
/// The instructions of CPython that matter here, by version.
mod opcode;
/// The instruction that running code is at.
mod program_point;
/// The interpreter's own thread state: frames below, recursion, who traces.
mod thread_state;

// What reports, and to whom.
/// What a probe remembers, so that nobody is asked twice.
mod inline_cache;
/// Whom probes report to.
mod listener;
/// The constant that reports.
mod probe;
/// What stands in the place of a callee for one call.
mod trampoline;

// How it gets into a program, and why nobody sees it there.
/// What the program is shown of its code.
mod disguise;
/// CPython's syntax tree with probes in it, compiled.
mod instrument;

pub use inline_cache::{CacheState, InlineCache, begin_epoch, epoch};
pub use instrument::{Source, WarningAction, compile, instrument, with_warnings};
pub use line_index::LineIndex;
pub use listener::{Listener, NullListener};
pub use program_point::{ProgramPoint, is_result_dropped};
pub use thread_state::BareStack;
