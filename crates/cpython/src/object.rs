//! Object: small questions to live objects that run no Python code.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use pyo3::ffi;

use crate::callee::{text, type_name};
use crate::reach::Address;

/// What a dictionary holds under a name; borrowed, null where there is nothing.
pub(crate) unsafe fn item(dictionary: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live dictionary; the key is released after the look-up.
    unsafe {
        let key = ffi::PyUnicode_FromStringAndSize(name.as_ptr().cast(), name.len() as isize);
        if key.is_null() {
            ffi::PyErr_Clear();
            return key;
        }
        let found = ffi::PyDict_GetItem(dictionary, key);
        ffi::Py_DECREF(key);
        found
    }
}

/// The code object of a generator, coroutine or asynchronous generator.
pub(crate) unsafe fn generator_code(value: *mut ffi::PyObject) -> Option<Address> {
    // SAFETY: the attribute of these exact types is a plain member.
    unsafe {
        if ffi::Py_TYPE(value) != &raw mut ffi::PyGen_Type {
            return None;
        }
        let code = ffi::PyObject_GetAttrString(value, c"gi_code".as_ptr());
        if code.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let address = code as Address;
        ffi::Py_DECREF(code);
        Some(address)
    }
}

/// The names that a code object refers to as globals or attributes.
pub(crate) unsafe fn code_names(code: *mut ffi::PyObject) -> Vec<String> {
    // SAFETY: `co_names` of a code object is a tuple of strings.
    unsafe {
        let names = ffi::PyObject_GetAttrString(code, c"co_names".as_ptr());
        if names.is_null() {
            ffi::PyErr_Clear();
            return Vec::new();
        }
        let found = (0..ffi::PyTuple_GET_SIZE(names))
            .filter_map(|at| text(ffi::PyTuple_GET_ITEM(names, at)))
            .collect();
        ffi::Py_DECREF(names);
        found
    }
}

/// The text of a path object, an open file's name or another thing that stands for a path.
pub(crate) unsafe fn path_text(value: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: only types of the standard library are asked, whose methods touch nothing.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        let owned = match module.split('.').next() {
            Some("pathlib") if name.contains("Path") => ffi::PyObject_Str(value),
            Some("_io") => ffi::PyObject_GetAttrString(value, c"name".as_ptr()),
            _ => ptr::null_mut(),
        };
        if owned.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let found = text(owned);
        ffi::Py_DECREF(owned);
        found
    }
}

/// Whether a value passes item assignment on to what it holds, as pandas' `.loc` does.
pub(crate) unsafe fn is_indexer(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        module.starts_with("pandas.core.indexing") || name.ends_with("Indexer")
    }
}
