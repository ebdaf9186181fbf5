#![doc = include_str!("../README.md")]

// How probes get into a program.
/// CPython's syntax tree of a text with probes in it, compiled.
mod instrument;
/// Lines and columns of a text as bytes.
mod line_index;

// What reports there, and to whom.
/// Whom probes report to, and what of.
mod listener;
/// The constant that reports.
mod probe;
/// Calls: whether they have to be seen.
mod call;
/// What stands in the place of a callee for one call.
mod trampoline;
/// What stands in the place of an object whose method only asking for it tells.
mod asking;
/// Arguments that the caller of a trampoline keeps while it calls on.
mod passed_on;
/// What a probe remembers, so that nobody is asked twice.
mod inline_cache;
/// Which reports would say nothing new.
mod said;
/// The instruction that running code is at.
mod program_point;
/// Which scope of a text a code object runs.
mod code_scope;
/// A function that has other code for one call.
mod lent_code;
/// One text compiled twice, with the same constants.
mod shared_constants;

// Who asks for the program's variables.
/// Frames and the module that are asked for them.
mod asked_variables;

// Why the program sees none of it.
/// Code objects, offsets and events as they are without probes.
mod disguise;
/// The instructions of CPython that matter here, by version.
mod opcode;
/// The interpreter's own thread state: frames below, recursion, who traces.
mod thread_state;

pub use asked_variables::{Asked, forget_variables, hear_of_variables};
pub use code_scope::scope_of;
pub use disguise::OriginalsByStatement;
pub use inline_cache::{CacheState, InlineCache, begin_epoch, epoch};
pub use instrument::{
    CodePlaces, CompileMode, ProgramText, WarningAction, announced_code, compile, instrument,
    instrument_part, live_variables, table_of_one_place, with_warnings,
};
pub use lent_code::LentCode;
pub use line_index::LineIndex;
pub use listener::{Listener, NullListener, StorePlace};
pub use program_point::{ProgramPoint, is_result_dropped};
pub use said::{CallReport, Reports, forget_reports, keep_reports, keeps_reports, take_repeated};
pub use thread_state::{BareStack, is_traced};
