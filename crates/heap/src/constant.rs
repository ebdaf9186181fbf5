//! Constant: the values that the text of a program can spell.
#![allow(unsafe_code, reason = "reads live numbers through CPython's C API")]

use pyo3::ffi;

use crate::lent::Lent;

/// A value that the text of a program could spell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A short string.
    Str(String),
}

impl Constant {
    /// The constant that an object is, where it is one.
    pub fn of(object: Lent<'_>) -> Option<Self> {
        const LONGEST: ffi::Py_ssize_t = 64;
        if object.is_none() {
            Some(Self::None)
        } else if object.is_true() || object.is_false() {
            Some(Self::Bool(object.is_true()))
        } else if object.is_exactly(&raw mut ffi::PyLong_Type) {
            object.integer().map(Self::Int)
        } else if object.is_exactly(&raw mut ffi::PyUnicode_Type)
            // SAFETY: the type was checked.
            && unsafe { ffi::PyUnicode_GET_LENGTH(object.as_ptr()) } < LONGEST
        {
            object.text().map(Self::Str)
        } else {
            None
        }
    }
}
