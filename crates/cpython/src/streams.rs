//! Streams: which open files values hold, and where a logger's messages go.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use pyo3::ffi;

use crate::callee::{text, type_name};
use crate::object::{Pending, attribute, in_module};
use crate::reach::Address;

/// The files open for writing that are reached from values, with their paths: as the object that
/// holds the descriptor, as the streams around that, and as the value itself where it is no
/// container. Null values do not count.
pub(crate) unsafe fn open_files(
    roots: &[*mut ffi::PyObject],
    borders: &rustc_hash::FxHashSet<Address>,
) -> Vec<(Address, String)> {
    const BUDGET: usize = 10_000;
    const STREAM_BUDGET: usize = 64;
    let is_file = |kind: *mut ffi::PyTypeObject| {
        // SAFETY: the type is that of a live object.
        let (module, name) = unsafe { type_name(kind) };
        (module == "_io").then_some(name)
    };
    let mut found = Vec::new();
    // SAFETY: the caller lends live values, and nothing here runs Python code: the attributes of a
    // `FileIO` are plain members. The call may have raised, and what it raised is not ours to touch.
    unsafe {
        let _pending = Pending::aside();
        for &root in roots.iter().filter(|root| !root.is_null()) {
            let mut streams = Vec::new();
            let mut walk = crate::reach::Walk { borders, budget: BUDGET, definitions: false };
            walk.run(root, &mut rustc_hash::FxHashSet::default(), &mut |object| {
                if is_file(ffi::Py_TYPE(object)).is_some() {
                    streams.push(object);
                }
                true
            });
            if !streams.is_empty() && held_by_name(root) && !streams.contains(&root) {
                streams.push(root);
            }
            for stream in streams {
                let mut walk =
                    crate::reach::Walk { borders, budget: STREAM_BUDGET, definitions: false };
                walk.run(stream, &mut rustc_hash::FxHashSet::default(), &mut |object| {
                    let file = is_file(ffi::Py_TYPE(object)).as_deref() == Some("FileIO");
                    let path = if file { path_of_open(object) } else { None };
                    if let Some(path) = path {
                        found.push((stream as Address, path));
                        return false;
                    }
                    true
                });
            }
        }
    }
    found
}

/// Whether a value is an instance of a class, rather than a container or a module.
unsafe fn held_by_name(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live value.
    unsafe {
        (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            && ffi::PyType_Check(value) == 0
            && ffi::PyModule_Check(value) == 0
    }
}

/// The path of a `FileIO` that is open for writing.
unsafe fn path_of_open(file: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the caller checked the exact type.
    unsafe {
        let ask = |name: &std::ffi::CStr| {
            let value = ffi::PyObject_GetAttrString(file, name.as_ptr());
            if value.is_null() {
                ffi::PyErr_Clear();
                return None;
            }
            let answer = (value == ffi::Py_True(), text(value));
            ffi::Py_DECREF(value);
            Some(answer)
        };
        let (closed, _) = ask(c"closed")?;
        let (_, mode) = ask(c"mode")?;
        let (_, name) = ask(c"name")?;
        let writable = mode.is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']));
        name.filter(|_| !closed && writable)
    }
}

/// Where a logger's messages are kept or written by its handlers and those of the loggers above it:
/// streams, buffers, queues. Those of the root logger where it is none that is asked; borrowed.
pub(crate) unsafe fn log_streams(logger: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
    /// How many loggers may stand above each other.
    const MOST: usize = 64;
    let mut found = Vec::new();
    // SAFETY: the caller lends a live object or null; instances and modules lend what they hold.
    unsafe {
        let mut logger = logger;
        if logger.is_null() || attribute(logger, "handlers").is_null() {
            let adapted = if logger.is_null() { logger } else { attribute(logger, "logger") };
            let root = || in_module("logging", "root").unwrap_or(ptr::null_mut());
            logger = if adapted.is_null() { root() } else { adapted };
        }
        for _ in 0..MOST {
            if logger.is_null() || logger == ffi::Py_None() {
                break;
            }
            let handlers = attribute(logger, "handlers");
            if !handlers.is_null() && ffi::PyList_Check(handlers) != 0 {
                for at in 0..ffi::PyList_GET_SIZE(handlers) {
                    let handler = ffi::PyList_GET_ITEM(handlers, at);
                    found.extend(
                        ["stream", "buffer", "queue"]
                            .map(|name| attribute(handler, name))
                            .into_iter()
                            .filter(|value| !value.is_null() && *value != ffi::Py_None()),
                    );
                }
            }
            if attribute(logger, "propagate") == ffi::Py_False() {
                break;
            }
            logger = attribute(logger, "parent");
        }
    }
    found
}
