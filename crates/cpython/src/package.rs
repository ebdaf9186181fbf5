//! Package: what an imported package says of itself, and what a module holds by name.
#![allow(unsafe_code, reason = "looks at live modules through CPython's C API")]

use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;

use clew_heap::raw::callee::{lookup, text};

use crate::object::item;

/// `package.__version__`, if the package is imported and says so with a string.
pub(crate) fn version_of(_py: Python<'_>, package: &str) -> Option<String> {
    // SAFETY: the GIL is held; only dictionaries are looked into.
    unsafe {
        let modules = ffi::PyImport_GetModuleDict();
        text(find(modules, package, "__version__"))
    }
}

/// Finds `module.name` by dictionaries alone: no import, no `__getattr__`, no descriptor runs.
pub(crate) unsafe fn find(
    modules: *mut ffi::PyObject,
    module: &str,
    name: &str,
) -> *mut ffi::PyObject {
    // SAFETY: dictionaries lend what they hold, and each step checks what it got.
    unsafe {
        if modules.is_null() || ffi::PyDict_Check(modules) == 0 {
            return ptr::null_mut();
        }
        let mut object = item(modules, module);
        for part in name.split('.') {
            if object.is_null() {
                return object;
            }
            object = if ffi::PyModule_Check(object) != 0 {
                item(ffi::PyModule_GetDict(object), part)
            } else if ffi::PyType_Check(object) != 0 {
                let Ok(part) = std::ffi::CString::new(part) else { return ptr::null_mut() };
                lookup(object.cast(), &part)
            } else {
                ptr::null_mut()
            };
        }
        object
    }
}
