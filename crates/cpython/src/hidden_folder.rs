//! Hidden folder: the store, which no listing of the program's shows.
//!
//! A program that looks at its folder finds what it would find under plain Python. `os.listdir` and
//! the iterators of `os.scandir`, to which `glob`, `os.walk` and `pathlib` come down, stay the very
//! same objects; the C code behind them is replaced, in CPython's own tables.
#![allow(unsafe_code, reason = "replaces functions of CPython's module `posix`")]

use std::cell::UnsafeCell;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

/// A file by what stays when it is reached by another path: device and inode.
type FileIdentity = (u64, u64);

struct Hidden {
    name: OsString,
    own: FileIdentity,
    parent: FileIdentity,
    listdir: ffi::PyCFunctionFastWithKeywords,
    next_entry: ffi::iternextfunc,
}

struct Slot(UnsafeCell<Option<Hidden>>);

// SAFETY: only touched under the GIL, and written once.
unsafe impl Sync for Slot {}

static HIDDEN: Slot = Slot(UnsafeCell::new(None));

/// Hides a folder from the program that is about to run. What cannot be hidden is seen.
pub(crate) fn hide(py: Python<'_>, folder: &Path) {
    let Some(parts) = parts(folder) else { return };
    let Ok(replaced) = replaced(py) else { return };
    // SAFETY: the GIL is held, and nobody is within the functions that look at it.
    let hidden = unsafe { &mut *HIDDEN.0.get() };
    let (name, own, parent) = parts;
    match (hidden.as_mut(), replaced) {
        (Some(hidden), _) => (hidden.name, hidden.own, hidden.parent) = (name, own, parent),
        (None, (method, iterator)) => {
            // SAFETY: `replaced` has looked at the types of both, and the tables can be written: other
            // interpreters of this process there are none.
            unsafe {
                let Some(next_entry) = (*iterator).tp_iternext else { return };
                let listdir = (*method).ml_meth.PyCFunctionFastWithKeywords;
                *hidden = Some(Hidden { name, own, parent, listdir, next_entry });
                (*method).ml_meth =
                    ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: listdir_without };
                (*iterator).tp_iternext = Some(next_entry_without);
            }
        }
    }
}

fn parts(folder: &Path) -> Option<(OsString, FileIdentity, FileIdentity)> {
    let parent = identity(folder.parent()?)?;
    Some((folder.file_name()?.to_owned(), identity(folder)?, parent))
}

fn identity(path: &Path) -> Option<FileIdentity> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// The entry of `os.listdir` in its module's table, and the type of what `os.scandir` gives.
fn replaced(py: Python<'_>) -> PyResult<(*mut ffi::PyMethodDef, *mut ffi::PyTypeObject)> {
    let os = py.import("os")?;
    let listdir = os.getattr("listdir")?;
    let iterator = os.call_method1("scandir", ("/",))?;
    iterator.call_method0("close")?;
    let class = iterator.get_type().as_type_ptr();
    let fast = ffi::METH_FASTCALL | ffi::METH_KEYWORDS;
    // SAFETY: the type says which struct it is.
    unsafe {
        if ffi::Py_TYPE(listdir.as_ptr()) == &raw mut ffi::PyCFunction_Type {
            let method = (*listdir.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml;
            if (*method).ml_flags & fast == fast {
                return Ok((method, class));
            }
        }
    }
    Err(pyo3::exceptions::PyTypeError::new_err("`os.listdir` is not CPython's own"))
}

/// `os.listdir`
unsafe extern "C" fn listdir_without(
    module: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as `os.listdir`, under the GIL, after `hide`.
    unsafe {
        let Some(hidden) = (*HIDDEN.0.get()).as_ref() else { return std::ptr::null_mut() };
        let names = (hidden.listdir)(module, arguments, count, keywords);
        if !names.is_null() {
            let passed =
                count + if keywords.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(keywords) };
            let folder = if passed > 0 { *arguments } else { std::ptr::null_mut() };
            remove(Python::assume_attached(), names, folder, hidden);
        }
        names
    }
}

/// Takes the hidden name out of the names that a folder holds.
///
/// # Safety
/// `names` is alive, and `folder` too unless it is null.
unsafe fn remove(
    py: Python<'_>,
    names: *mut ffi::PyObject,
    folder: *mut ffi::PyObject,
    hidden: &Hidden,
) {
    // SAFETY: the caller vouches for both.
    let (names, folder) = unsafe {
        (Bound::from_borrowed_ptr(py, names), Bound::from_borrowed_ptr_or_opt(py, folder))
    };
    let Ok(names) = names.cast_into::<PyList>() else { return };
    let found = names.iter().position(|name| is_named(&name, hidden));
    if let Some(at) = found
        && identity_of(folder) == Some(hidden.parent)
    {
        let _ = names.del_item(at);
    }
}

fn is_named(name: &Bound<'_, PyAny>, hidden: &Hidden) -> bool {
    let expected = hidden.name.as_encoded_bytes();
    if let Ok(text) = name.cast::<PyString>() {
        return text.to_str().is_ok_and(|text| text.as_bytes() == expected);
    }
    name.cast::<PyBytes>().is_ok_and(|bytes| bytes.as_bytes() == expected)
}

/// Which folder an argument of `os.listdir` means, which has worked: a path, a descriptor or nothing.
fn identity_of(folder: Option<Bound<'_, PyAny>>) -> Option<FileIdentity> {
    let Some(folder) = folder.filter(|folder| !folder.is_none()) else {
        return identity(Path::new("."));
    };
    let status = folder.py().import("os").ok()?.call_method1("stat", (folder,)).ok()?;
    Some((
        status.getattr("st_dev").ok()?.extract().ok()?,
        status.getattr("st_ino").ok()?.extract().ok()?,
    ))
}

/// The next entry that `os.scandir` finds.
unsafe extern "C" fn next_entry_without(iterator: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this for an iterator of `os.scandir`, under the GIL, after `hide`.
    unsafe {
        let Some(hidden) = (*HIDDEN.0.get()).as_ref() else { return std::ptr::null_mut() };
        loop {
            let entry = (hidden.next_entry)(iterator);
            if entry.is_null() || !is_hidden(Python::assume_attached(), entry, hidden) {
                return entry;
            }
            ffi::Py_DECREF(entry);
        }
    }
}

/// Whether an entry is the hidden folder.
///
/// # Safety
/// The entry is alive.
unsafe fn is_hidden(py: Python<'_>, entry: *mut ffi::PyObject, hidden: &Hidden) -> bool {
    // SAFETY: the caller vouches for it.
    let entry = unsafe { Bound::from_borrowed_ptr(py, entry) };
    let named = entry.getattr("name").is_ok_and(|name| is_named(&name, hidden));
    named
        && entry
            .call_method0("inode")
            .and_then(|inode| inode.extract::<u64>())
            .is_ok_and(|inode| inode == hidden.own.1)
}
