//! Reference counts: what `sys.getrefcount` says, without the references of trampolines.
#![allow(unsafe_code, reason = "replaces a function of CPython's module `sys`")]

use std::cell::Cell;
use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;

use super::method_table::method;
use crate::passed_on::held_by_trampolines;

/// What `sys.getrefcount` was.
struct Original(Cell<Option<ffi::PyCFunction>>);

// SAFETY: only touched under the GIL.
unsafe impl Sync for Original {}

static ORIGINAL: Original = Original(Cell::new(None));

/// Replaces `sys.getrefcount`, the first time.
pub(crate) fn replace(py: Python<'_>) -> PyResult<()> {
    if ORIGINAL.0.get().is_none()
        && let Some(method) = method(py.import("sys")?.as_any(), "getrefcount")
    {
        // SAFETY: the GIL is held, and the function takes one argument in all versions that we know.
        unsafe {
            ORIGINAL.0.set(Some((*method).ml_meth.PyCFunction));
            (*method).ml_meth = ffi::PyMethodDefPointer { PyCFunction: getrefcount };
        }
    }
    Ok(())
}

unsafe extern "C" fn getrefcount(
    module: *mut ffi::PyObject,
    object: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let Some(original) = ORIGINAL.0.get() else { return ptr::null_mut() };
    // SAFETY: CPython calls this as `sys.getrefcount`, under the GIL, after `replace`.
    unsafe {
        let counted = original(module, object);
        let held = held_by_trampolines(object) as ffi::Py_ssize_t;
        if held == 0 || counted.is_null() {
            return counted;
        }
        let count = ffi::PyLong_AsSsize_t(counted) - held;
        ffi::Py_DECREF(counted);
        ffi::PyLong_FromSsize_t(count)
    }
}
