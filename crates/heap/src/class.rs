//! Class: what classes and their instances hold under a name, and which version of a class it is.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ffi::CString;

use pyo3::ffi;

use crate::{callee, object};

/// What an instance itself holds under a name; slots do not count.
pub unsafe fn own_attribute(object: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: handed on from the caller.
    unsafe {
        // Bound methods and partial functions keep theirs in C.
        let kind = ffi::Py_TYPE(object);
        if kind == (&raw mut callee::PyMethod_Type).cast() {
            return match name {
                "__self__" => callee::PyMethod_Self(object),
                "__func__" => callee::PyMethod_Function(object),
                _ => std::ptr::null_mut(),
            };
        }
        if is_partial(kind) {
            return match name {
                "func" => member(object, c"func"),
                "args" => member(object, c"args"),
                "keywords" => member(object, c"keywords"),
                _ => std::ptr::null_mut(),
            };
        }
        object::attribute(object, name)
    }
}

/// Whether a class is `functools.partial` itself.
pub unsafe fn is_partial(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller lends a live class; `tp_name` ends with a zero.
    unsafe { std::ffi::CStr::from_ptr((*class).tp_name) == c"functools.partial" }
}

/// What a class or a base of it holds under a name, not bound.
pub unsafe fn class_attribute(class: *mut ffi::PyTypeObject, name: &str) -> *mut ffi::PyObject {
    match CString::new(name) {
        // SAFETY: handed on from the caller.
        Ok(name) => unsafe { callee::lookup(class, &name) },
        Err(_) => std::ptr::null_mut(),
    }
}

/// A member of an object of C's, which keeps what it gives alive.
pub unsafe fn member(object: *mut ffi::PyObject, name: &std::ffi::CStr) -> *mut ffi::PyObject {
    // SAFETY: the callers checked for types whose attribute is a plain member.
    unsafe {
        let value = ffi::PyObject_GetAttrString(object, name.as_ptr());
        if value.is_null() {
            ffi::PyErr_Clear();
            return value;
        }
        ffi::Py_DECREF(value);
        value
    }
}

/// A cell of a function's closure; null where there is none.
pub unsafe fn cell_at(function: *mut ffi::PyObject, at: usize) -> *mut ffi::PyObject {
    // SAFETY: the closure of a live function is null or a tuple of cells.
    unsafe {
        let closure = ffi::PyFunction_GetClosure(function);
        if closure.is_null() || at as ffi::Py_ssize_t >= ffi::PyTuple_GET_SIZE(closure) {
            return std::ptr::null_mut();
        }
        ffi::PyTuple_GET_ITEM(closure, at as ffi::Py_ssize_t)
    }
}

/// Whether an object is a function, class or module, or another thing that is made to be called.
pub unsafe fn is_definition(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        kind == &raw mut ffi::PyFunction_Type
            || kind == &raw mut ffi::PyCFunction_Type
            || kind == &raw mut ffi::PyMethodDescr_Type
            || kind == &raw mut ffi::PyWrapperDescr_Type
            || ffi::PyType_Check(object) != 0
            || ffi::PyModule_Check(object) != 0
    }
}

/// The number by which a class is known until it or a base of it is changed; 0 where it has none.
pub unsafe fn version(class: *mut ffi::PyTypeObject) -> u32 {
    // SAFETY: the caller lends a live class; looking a name up runs no code.
    unsafe {
        if (*class).tp_version_tag == 0 {
            // A class has none before it is asked.
            let name = ffi::PyUnicode_InternFromString(c"__class__".as_ptr());
            _PyType_Lookup(class, name);
            ffi::Py_XDECREF(name);
        }
        (*class).tp_version_tag
    }
}

/// Whether a class is still the one that it was when it had this number.
pub unsafe fn is_version(class: *mut ffi::PyTypeObject, known: u32) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe { known != 0 && (*class).tp_version_tag == known }
}

/// Whether code in Python runs when an instance of a class is called or got as an attribute.
pub unsafe fn class_is_python(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe {
        let call = class_attribute(class, "__call__");
        !call.is_null() && ffi::Py_TYPE(call) == &raw mut ffi::PyFunction_Type
            || (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
                && !object::dictionary_of(class).is_null()
                && !object::item(object::dictionary_of(class), "__get__").is_null()
    }
}

/// Whether a class of Python's inherits no C code but that of built-in types.
pub unsafe fn inherits_fixed(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: bases of a ready type are live for as long as it is.
    unsafe {
        let order = (*class).tp_mro;
        !order.is_null()
            && (0..ffi::PyTuple_GET_SIZE(order)).all(|at| {
                let base = ffi::PyTuple_GET_ITEM(order, at).cast::<ffi::PyTypeObject>();
                let fixed = (*base).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0;
                let dictionary = object::dictionary_of(base);
                fixed
                    || !dictionary.is_null()
                        && !object::item(dictionary, "__module__").is_null()
                        && object::item(dictionary, "__pyx_vtable__").is_null()
            })
    }
}

// Part of CPython's C API that pyo3 does not declare.
unsafe extern "C" {
    fn _PyType_Lookup(
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}
