//! Limit state: what the interpreter lets programs do, which shows whether a statement set it, whoever did.
//!
//! The interpreter keeps it where no object leads to, so it is asked for it.
#![allow(unsafe_code, reason = "asks the interpreter")]

use clew_heap::exception::Pending;
use clew_heap::{Owned, Quiet};
use pyo3::ffi;

/// The limits, by the names that rules know them by.
const NAMES: [&str; 2] = ["recursion", "digits"];

/// The limits, as they were when they were last looked at.
#[derive(Default)]
pub(crate) struct LimitState {
    known: [Option<i64>; NAMES.len()],
}

impl LimitState {
    /// Looks at them, and gives the names of those that are others than before.
    pub(crate) fn look(&mut self, quiet: Quiet<'_>) -> Vec<&'static str> {
        // SAFETY: the interpreter is held.
        let recursion = unsafe { ffi::Py_GetRecursionLimit() };
        let now = [Some(i64::from(recursion)), digits(quiet)];
        let mut changed = Vec::new();
        for ((known, now), name) in self.known.iter_mut().zip(now).zip(NAMES) {
            if *known != now {
                changed.push(name);
                *known = now;
            }
        }
        changed
    }
}

/// How many digits the text of a number may have; `None` where this Python has no such limit.
fn digits(quiet: Quiet<'_>) -> Option<i64> {
    let ask = quiet.sys(c"get_int_max_str_digits").filter(|ask| ask.is_c_function())?;
    let _pending = Pending::aside(quiet);
    // SAFETY: a function of C is called that only answers; the reference that it gives is new.
    let answer = unsafe { Owned::new(ffi::PyObject_CallNoArgs(ask.as_ptr())) }?;
    answer.lend().integer()
}
