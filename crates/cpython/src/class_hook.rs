//! Class hook: hears of attributes that are set on classes, whoever's code sets them.
//!
//! No class can be asked what changed of it, and there may be ten thousand. But all of Python's ways to
//! set an attribute of a class go through one slot of the class `type`, so a function of ours stands there, before
//! the one that does it. Nobody can see that: it is called by the same rules, and what it answers is the
//! other one's answer.
#![allow(unsafe_code, reason = "puts a function into a slot of CPython's, under the GIL")]

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use clew_heap::{Class, Lent};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::library_state::ClassChange;
use crate::recorder;

/// A `setattrofunc` that may let go of objects, whose finalizers may end the thread.
type SetAttribute = unsafe extern "C-unwind" fn(
    *mut ffi::PyObject,
    *mut ffi::PyObject,
    *mut ffi::PyObject,
) -> c_int;

unsafe extern "C" {
    fn _PyType_Lookup(
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

/// What CPython has in the slot.
static ORIGINAL: OnceLock<SetAttribute> = OnceLock::new();
static LISTENING: AtomicBool = AtomicBool::new(false);

/// Begins or ceases to listen.
pub(crate) fn listen(py: Python<'_>, on: bool) {
    if on && ORIGINAL.get().is_none() {
        install(py);
    }
    LISTENING.store(on, Ordering::Relaxed);
}

fn install(py: Python<'_>) {
    let root = py.get_type::<PyType>();
    // SAFETY: the class is always alive. The slot has the type that is named here, but for its being
    // allowed to unwind.
    let original = unsafe { (*root.as_type_ptr()).tp_setattro };
    let Some(original) = original else { return };
    // SAFETY: both are functions of C of the same signature.
    let original: SetAttribute = unsafe { std::mem::transmute(original) };
    if ORIGINAL.set(original).is_err() {
        return;
    }
    let mut classes = vec![root.clone()];
    while let Some(class) = classes.pop() {
        // SAFETY: the class is alive and the GIL is held; only what is the original is replaced, by what
        // does the same.
        unsafe { replace(class.as_type_ptr(), original) };
        let subclasses = root.call_method1("__subclasses__", (&class,));
        if let Ok(subclasses) =
            subclasses.and_then(|found| found.extract::<Vec<Bound<'_, PyType>>>())
        {
            classes.extend(subclasses);
        }
    }
}

/// Puts our function into the slot of a class, and into the methods of the class by which code in Python
/// calls it: CPython compares them.
unsafe fn replace(class: *mut ffi::PyTypeObject, original: SetAttribute) {
    // SAFETY: the caller lends the class; its dictionary, if it is there, holds what it gives.
    unsafe {
        let slot = &raw mut (*class).tp_setattro;
        if (*slot).map(|function| function as usize) == Some(original as usize) {
            *slot = Some(std::mem::transmute::<SetAttribute, ffi::setattrofunc>(set_attribute));
        }
        let Some(class) = Class::new(class) else { return };
        for name in ["__setattr__", "__delattr__"] {
            let Some(method) = class.own(name) else { continue };
            if method.is_exactly(&raw mut ffi::PyWrapperDescr_Type) {
                let method = method.as_ptr().cast::<ffi::PyWrapperDescrObject>();
                if (*method).d_wrapped as usize == original as usize {
                    (*method).d_wrapped = set_attribute as *mut std::ffi::c_void;
                }
            }
        }
    }
}

unsafe extern "C-unwind" fn set_attribute(
    class: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> c_int {
    let Some(original) = ORIGINAL.get() else { return -1 };
    if !LISTENING.load(Ordering::Relaxed) || !recorder::is_free() {
        // SAFETY: handed on as it came.
        return unsafe { original(class, name, value) };
    }
    // SAFETY: CPython calls a slot of a class's with an instance of it, here a class; what is found is only
    // compared.
    let before = unsafe { _PyType_Lookup(class.cast(), name) };
    // SAFETY: handed on as it came.
    let outcome = unsafe { original(class, name, value) };
    if outcome == 0 && (before.is_null() || before != value) {
        let _ = catch_unwind(AssertUnwindSafe(|| {
            // SAFETY: the caller holds the class, the name and the value, and the frame its globals; the
            // GIL is held, and none of the program's code runs meanwhile.
            unsafe { report(class, name, value, !before.is_null()) };
        }));
    }
    outcome
}

unsafe fn report(
    class: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
    replaced: bool,
) {
    // SAFETY: the caller lends them all.
    let (class, name, value, actor) = unsafe {
        let class = Class::new(class.cast());
        (class, Lent::new(name), Lent::new(value), Lent::new(ffi::PyEval_GetGlobals()))
    };
    if let (Some(class), Some(name)) = (class, name.and_then(Lent::as_str)) {
        let change = ClassChange { class, name, value, replaced, actor };
        recorder::on_event(|recorder| recorder.class_changed(&change));
    }
}
