//! Lent code: a function that has other code for one call.
#![allow(
    unsafe_code,
    reason = "sets a function's code where CPython keeps it, unseen by the program"
)]

use pyo3::ffi;
use pyo3::prelude::*;

/// A function that has other code than its own, until this is dropped or [given back](Self::give_back).
///
/// `__code__` is set by no attribute: the program would hear of that by an audit event. A frame keeps the code
/// that it was made with, so the function gets its own back as soon as it was entered.
#[derive(Debug)]
pub struct LentCode {
    function: Py<PyAny>,
    /// Its own code, while it has the other.
    own: Option<Py<PyAny>>,
}

impl LentCode {
    /// Gives a function written in Python other code of the same variables, arguments and cells.
    pub fn lend(function: &Bound<'_, PyAny>, code: &Bound<'_, PyAny>) -> Self {
        let own = replace(function, code.clone().unbind());
        Self { function: function.clone().unbind(), own: Some(own) }
    }

    /// The function has its own code again.
    pub fn give_back(&mut self, py: Python<'_>) {
        if let Some(own) = self.own.take() {
            drop(replace(self.function.bind(py), own));
        }
    }

    /// Whether it is this function.
    pub fn is_of(&self, function: &Bound<'_, PyAny>) -> bool {
        self.function.bind(function.py()).is(function)
    }
}

impl Drop for LentCode {
    fn drop(&mut self) {
        if self.own.is_some() {
            Python::attach(|py| self.give_back(py));
        }
    }
}

/// Sets a function's code; gives the one that it had.
fn replace(function: &Bound<'_, PyAny>, code: Py<PyAny>) -> Py<PyAny> {
    let py = function.py();
    // SAFETY: the GIL is held and the object is a function, which owns the reference in this field: one goes in
    // and the other comes out. Code that is specialized for a function looks at its code field at each call.
    unsafe {
        let function = function.as_ptr().cast::<ffi::PyFunctionObject>();
        let old = std::mem::replace(&mut (*function).func_code, code.into_ptr());
        Bound::from_owned_ptr(py, old).unbind()
    }
}
