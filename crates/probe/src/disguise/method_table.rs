//! Method table: the entries by which CPython finds the C code of built-in functions.
//!
//! Whoever replaces the code of an entry leaves the function the very same object.
#![allow(unsafe_code, reason = "reads the structs of built-in functions")]

use pyo3::ffi;
use pyo3::prelude::*;

/// The entry of a built-in function in its module's table.
pub(super) fn method(module: &Bound<'_, PyAny>, name: &str) -> Option<*mut ffi::PyMethodDef> {
    let function = module.getattr(name).ok()?;
    // SAFETY: the type says which struct it is.
    unsafe {
        if ffi::Py_TYPE(function.as_ptr()) != &raw mut ffi::PyCFunction_Type {
            return None;
        }
        Some((*function.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml)
    }
}
