//! Constant: the values that the text of a program can spell.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use pyo3::ffi;

use crate::callee;

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

/// A value that the text of a program could spell.
pub unsafe fn constant_of(object: *mut ffi::PyObject) -> Option<Constant> {
    // SAFETY: the caller lends a live object; exact types are checked before each reading.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        if object == ffi::Py_None() {
            Some(Constant::None)
        } else if object == ffi::Py_True() || object == ffi::Py_False() {
            Some(Constant::Bool(object == ffi::Py_True()))
        } else if kind == &raw mut ffi::PyLong_Type {
            let mut overflow = 0;
            let number = ffi::PyLong_AsLongLongAndOverflow(object, &mut overflow);
            (overflow == 0).then_some(Constant::Int(number))
        } else if kind == &raw mut ffi::PyUnicode_Type && ffi::PyUnicode_GET_LENGTH(object) < 64 {
            callee::text(object).map(Constant::Str)
        } else {
            None
        }
    }
}
