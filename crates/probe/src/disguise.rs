//! Disguise: what keeps a program from seeing that its code has probes in it.
//!
//! Wherever the program can get hold of a code object, of an offset in one, or of events about one, it
//! is given those of the code that CPython made of the same text without probes.

use std::sync::Arc;

use clew_syntax::Unit;
use pyo3::prelude::*;

mod code_attributes;
mod method_table;
mod offset_map;
mod original_code;
mod reference_counts;
#[cfg(all(Py_3_13, not(Py_3_14)))]
mod static_attributes;
mod trace_events;

pub(crate) use code_attributes::{Original, replace_getter};
pub use original_code::OriginalsByStatement;
pub(crate) use original_code::announces;

#[cfg(all(Py_3_13, not(Py_3_14)))]
pub(crate) use static_attributes::restored;

/// Shows the original wherever the program asks for the code that it runs, or for one nested in it; where
/// there is none yet, it is made of the text then. What CPython gives out is replaced the first time.
pub(crate) fn put_on(
    running: &Bound<'_, PyAny>,
    original: Option<&Bound<'_, PyAny>>,
    (unit, file): (&Arc<Unit>, &Bound<'_, PyAny>),
) -> PyResult<()> {
    code_attributes::replace(running.py());
    trace_events::replace(running.py())?;
    reference_counts::replace(running.py())?;
    match original {
        Some(original) => original_code::pair(running, original),
        None => original_code::make_later(running, unit, file),
    }
}
