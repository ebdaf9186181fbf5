//! pandas: what stands for what when a frame changes, and which of its options an object sets.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use pyo3::ffi;

use crate::callee::{text, type_name};
use crate::object::{attribute, owned_attribute};

/// What an object of pandas' stands for when it changes: the frame or series itself with its
/// manager, or for an indexer (`.loc` and its like) those of what it indexes. `None` for others.
///
/// Under copy-on-write, which pandas has always on from 3.0, a change is never seen through another
/// object of pandas', so the memory below need not be looked at.
pub(crate) unsafe fn pandas_parts(value: *mut ffi::PyObject) -> Option<Vec<*mut ffi::PyObject>> {
    // SAFETY: the caller lends a live object; instance dictionaries lend what they hold.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        if !module.starts_with("pandas") {
            return None;
        }
        let mut parts = vec![value];
        if matches!(name.as_str(), "DataFrame" | "Series") {
            let manager = attribute(value, "_mgr");
            if !manager.is_null() {
                parts.push(manager);
            }
            return Some(parts);
        }
        if name.contains("Indexer") {
            // What it indexes is a field of a C struct, so the interpreter is asked for it.
            let borders = rustc_hash::FxHashSet::default();
            let mut walk = crate::reach::Walk { borders: &borders, budget: 64, definitions: false };
            let mut indexed = ptr::null_mut();
            walk.run(value, &mut rustc_hash::FxHashSet::default(), &mut |object| {
                let name = type_name(ffi::Py_TYPE(object));
                if name.0.starts_with("pandas") && matches!(name.1.as_str(), "DataFrame" | "Series")
                {
                    indexed = object;
                }
                indexed.is_null()
            });
            if !indexed.is_null() {
                parts.extend(pandas_parts(indexed).unwrap_or_default());
                return Some(parts);
            }
        }
        None
    }
}

/// The arrays of a frame or series that a change of it writes into, though pandas copies on write:
/// those that no other object of pandas' shares. NumPy's views of them show it. `by` is what changes
/// it; whole columns and indexes are replaced rather than written into.
pub(crate) unsafe fn written_arrays(
    value: *mut ffi::PyObject,
    parts: &[*mut ffi::PyObject],
    by: &str,
) -> Vec<*mut ffi::PyObject> {
    let method = by.rsplit('.').next().unwrap_or(by);
    let mut found = Vec::new();
    // SAFETY: the caller lends live objects; what is asked of pandas' blocks are fields of C structs
    // and a count, and each block is held by its manager.
    unsafe {
        let name = type_name(ffi::Py_TYPE(value)).1;
        let writes = name.contains("Indexer")
            || (name == "Series" && method == "assignment")
            || matches!(
                method,
                "bfill"
                    | "clip"
                    | "ffill"
                    | "fillna"
                    | "interpolate"
                    | "mask"
                    | "replace"
                    | "update"
                    | "where"
            );
        let [_, .., manager] = *parts else { return found };
        if !writes {
            return found;
        }
        let blocks = owned_attribute(manager, c"blocks");
        if blocks.is_null() || ffi::PyTuple_Check(blocks) == 0 {
            ffi::Py_XDECREF(blocks);
            return found;
        }
        for at in 0..ffi::PyTuple_GET_SIZE(blocks) {
            let block = ffi::PyTuple_GET_ITEM(blocks, at);
            let references = owned_attribute(block, c"refs");
            let shared = match references.is_null() {
                true => ptr::null_mut(),
                false => {
                    ffi::PyObject_CallMethod(references, c"has_reference".as_ptr(), ptr::null())
                }
            };
            ffi::PyErr_Clear();
            let values = owned_attribute(block, c"values");
            if shared != ffi::Py_True() && !values.is_null() {
                found.push(values);
                if type_name(ffi::Py_TYPE(values)).0.starts_with("pandas.") {
                    let own = ["_data", "_mask"].map(|name| attribute(values, name));
                    found.extend(own.into_iter().filter(|array| !array.is_null()));
                    // A field in C of the arrays of times and texts, which hold it.
                    let inner = owned_attribute(values, c"_ndarray");
                    if !inner.is_null() {
                        found.push(inner);
                        ffi::Py_DECREF(inner);
                    }
                }
            }
            ffi::Py_XDECREF(values);
            ffi::Py_XDECREF(shared);
            ffi::Py_XDECREF(references);
        }
        ffi::Py_DECREF(blocks);
    }
    found
}

/// Which of pandas' options an object of `pd.options` stands for: `display` for `pd.options.display`.
/// `None` for everything else.
pub(crate) unsafe fn options_named(value: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the caller lends a live object.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        if !module.starts_with("pandas.") || name != "DictWrapper" {
            return None;
        }
        let prefix = attribute(value, "prefix");
        text(prefix).filter(|prefix| !prefix.is_empty())
    }
}
