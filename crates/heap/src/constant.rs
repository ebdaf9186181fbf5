//! Constant: the values that the text of a program can spell.
#![allow(unsafe_code, reason = "reads live numbers through CPython's C API")]

use clew_graph::Literal;
use pyo3::ffi;

use crate::lent::Lent;

/// What the text of a program could spell for an object: `None`, a truth value, an integer of 64 bits
/// or a short string.
pub fn literal_of(object: Lent<'_>) -> Option<Literal> {
    const LONGEST: ffi::Py_ssize_t = 64;
    if object.is_none() {
        Some(Literal::None)
    } else if object.is_true() || object.is_false() {
        Some(Literal::Bool(object.is_true()))
    } else if object.is_exactly(&raw mut ffi::PyLong_Type) {
        object.integer().map(Literal::Int)
    } else if object.is_exactly(&raw mut ffi::PyUnicode_Type)
        // SAFETY: the type was checked.
        && unsafe { ffi::PyUnicode_GET_LENGTH(object.as_ptr()) } < LONGEST
    {
        object.text().map(Literal::Str)
    } else {
        None
    }
}
