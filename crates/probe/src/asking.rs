//! Asking: what stands in the place of an object whose method is called, where only asking for the method tells what that is.
//!
//! CPython asks it in the object's place, at the instruction and in the order in which it would ask the object. It asks the
//! object, and gives what is to be called.
#![allow(unsafe_code, reason = "a type whose slots CPython calls, made through its C API")]

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr;

use clew_heap::Lent;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::inline_cache::InlineCache;

// The object's class may be the program's; see `trampoline`.
unsafe extern "C-unwind" {
    fn PyObject_GetAttr(object: *mut ffi::PyObject, name: *mut ffi::PyObject)
    -> *mut ffi::PyObject;
}

/// What is called in the place of a callee; see [`call`](crate::call).
type Call = fn(&InlineCache, Lent<'_>, Option<Lent<'_>>) -> *mut ffi::PyObject;

#[repr(C)]
struct Asking {
    ob_base: ffi::PyObject,
    object: *mut ffi::PyObject,
    /// Keeps the cache and the base name.
    probe: *mut ffi::PyObject,
    cache: *const InlineCache,
    base_name: *mut ffi::PyObject,
    call: Call,
}

static TYPE: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();

/// Makes the type, the first time.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    TYPE.get_or_try_init(py, || make_type(py))?;
    Ok(())
}

fn make_type(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let slot = |id: c_int, function: *mut c_void| ffi::PyType_Slot { slot: id, pfunc: function };
    let mut slots = [
        slot(ffi::Py_tp_dealloc, deallocate as *mut c_void),
        slot(ffi::Py_tp_getattro, getattr as *mut c_void),
        slot(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"clew._clew.asking".as_ptr(),
        basicsize: size_of::<Asking>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec is complete, its slots have the signatures that CPython asks for, and `basicsize` covers the struct,
    // whose first field is the object header. Spec and slots live until the call returns, and CPython copies them.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&mut spec)) }.map(Bound::unbind)
}

/// Some to be used again, as [trampolines](crate::trampoline) are.
struct Spare(UnsafeCell<Vec<*mut ffi::PyObject>>);

// SAFETY: only touched under the GIL, by code that calls nothing while it does.
unsafe impl Sync for Spare {}

static SPARE: Spare = Spare(UnsafeCell::new(Vec::new()));

/// How many are kept.
const SPARES: usize = 64;

/// What stands for an object whose method is called at a probe; a new reference, or null without an error.
pub(crate) fn make(
    (object, call): (Lent<'_>, Call),
    (probe, cache): (*mut ffi::PyObject, &InlineCache),
    base_name: Option<Lent<'_>>,
) -> *mut ffi::PyObject {
    // SAFETY: the object is lent, so the interpreter is held; generic allocation gives zeroed memory of `basicsize` with
    // the header filled in, and the fields are written without being read.
    unsafe {
        let Some(class) = TYPE.get(Python::assume_attached()) else { return ptr::null_mut() };
        let made = match (*SPARE.0.get()).pop() {
            Some(spare) => {
                // Its count went to 0 when it was let go.
                ffi::Py_INCREF(spare);
                spare
            }
            None => ffi::PyType_GenericAlloc(class.as_ptr().cast(), 0),
        };
        if made.is_null() {
            ffi::PyErr_Clear();
            return made;
        }
        let asking = made.cast::<Asking>();
        ptr::addr_of_mut!((*asking).object).write(ffi::Py_NewRef(object.as_ptr()));
        ptr::addr_of_mut!((*asking).probe).write(ffi::Py_NewRef(probe));
        ptr::addr_of_mut!((*asking).cache).write(cache);
        let base_name = base_name.map_or(ptr::null_mut(), Lent::as_ptr);
        ptr::addr_of_mut!((*asking).base_name).write(base_name);
        ptr::addr_of_mut!((*asking).call).write(call);
        made
    }
}

unsafe extern "C-unwind" fn deallocate(made: *mut ffi::PyObject) {
    // SAFETY: CPython calls this once, for an object that `make` filled in. A spare one keeps its memory and its reference to
    // the type, and holds nothing.
    unsafe {
        let asking = made.cast::<Asking>();
        let object = std::mem::replace(&mut (*asking).object, ptr::null_mut());
        let probe = std::mem::replace(&mut (*asking).probe, ptr::null_mut());
        let kind = ffi::Py_TYPE(made);
        let spare = &mut *SPARE.0.get();
        if spare.len() < SPARES {
            spare.push(made);
        } else {
            ffi::PyObject_Free(made.cast());
            ffi::Py_DECREF(kind.cast());
        }
        ffi::Py_XDECREF(object);
        ffi::Py_XDECREF(probe);
    }
}

unsafe extern "C-unwind" fn getattr(
    made: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Asking`, which holds the object, and the probe with its cache and name. What asking for the
    // method gave is a new reference, which stays until this returns.
    unsafe {
        let asking = &*made.cast::<Asking>();
        let callee = PyObject_GetAttr(asking.object, name);
        let Some(lent) = Lent::new(callee) else { return callee };
        let instead = (asking.call)(&*asking.cache, lent, Lent::new(asking.base_name));
        ffi::Py_DECREF(callee);
        instead
    }
}
