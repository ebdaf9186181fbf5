//! Callee: what is about to be called.

#![allow(unsafe_code, reason = "the interpreter is held where its token is")]

pub(crate) use clew_heap::raw::callee::*;

/// `package.__version__`, if the package is imported and says so with a string.
pub(crate) fn version_of(_py: pyo3::Python<'_>, package: &str) -> Option<String> {
    // SAFETY: the GIL is held, and looking at dictionaries runs none of the program's code.
    crate::package::version_of(unsafe { clew_heap::Quiet::new() }, package)
}
pub(crate) use crate::rules::Rules;
