//! Asked variables: says when somebody asks for the program's variables by way of a frame or of its
//! module.
//!
//! `frame.f_globals` and `frame.f_locals` are getters that are replaced where they stand, and modules are
//! asked for attributes by a slot of their type. What they give stays the same.
#![allow(unsafe_code, reason = "replaces attributes of CPython's built-in types")]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use clew_heap::frame::is_of_followed_frame;
use clew_heap::{Lent, Quiet};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::disguise::{Original, replace_getter};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// All variables, as a dictionary.
    All(Quiet<'a>),
    /// An attribute of the module.
    Attribute(Lent<'a>),
}

/// What is reported of it, with the interpreter held; it runs none of the program's code.
pub(crate) type Hear = fn(Asked<'_>);

struct Replaced {
    hear: Hear,
    globals: Option<Original>,
    locals: Option<Original>,
    attribute: Option<ffi::getattrofunc>,
}

// SAFETY: what stood in CPython's static types is only called with the interpreter held.
unsafe impl Sync for Replaced {}
// SAFETY: as above.
unsafe impl Send for Replaced {}

static REPLACED: OnceLock<Replaced> = OnceLock::new();
/// The program's module, and the dictionary of its variables; null while nobody listens.
static MODULE: AtomicPtr<ffi::PyObject> = AtomicPtr::new(ptr::null_mut());
static VARIABLES: AtomicPtr<ffi::PyObject> = AtomicPtr::new(ptr::null_mut());

/// From now on tells who asks for variables of this module, which outlives the program.
pub fn hear_of_variables(module: &Bound<'_, PyModule>, hear: Hear) {
    REPLACED.get_or_init(|| {
        let frame = &raw mut ffi::PyFrame_Type;
        // SAFETY: the interpreter is held; the types are built in and live as long as it does.
        unsafe {
            let attribute = ffi::PyModule_Type.tp_getattro;
            let replaced = Replaced {
                hear,
                globals: replace_getter(frame, c"f_globals", globals_of_frame),
                locals: replace_getter(frame, c"f_locals", locals_of_frame),
                attribute,
            };
            if attribute.is_some() {
                ffi::PyModule_Type.tp_getattro = Some(attribute_of_module);
            }
            replaced
        }
    });
    MODULE.store(module.as_ptr(), Ordering::Relaxed);
    VARIABLES.store(module.dict().as_ptr(), Ordering::Relaxed);
}

/// Nobody listens any more.
pub fn forget_variables() {
    MODULE.store(ptr::null_mut(), Ordering::Relaxed);
    VARIABLES.store(ptr::null_mut(), Ordering::Relaxed);
}

/// Gives what a getter of frames gave before, and tells of it where that is the program's variables.
unsafe fn of_frame(
    frame: *mut ffi::PyObject,
    original: impl FnOnce(&Replaced) -> Option<Original>,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls our getters with frames, under the GIL. Whoever asks before `REPLACED` is
    // there is answered that there is no such attribute.
    unsafe {
        let replaced = REPLACED.get();
        let Some(original) = replaced.and_then(original) else {
            ffi::PyErr_SetString(ffi::PyExc_AttributeError, c"f_globals".as_ptr());
            return ptr::null_mut();
        };
        let variables = original.get(frame);
        if let Some(replaced) = replaced
            && !variables.is_null()
            && variables == VARIABLES.load(Ordering::Relaxed)
        {
            (replaced.hear)(Asked::All(Quiet::new()));
        }
        variables
    }
}

unsafe extern "C" fn globals_of_frame(
    frame: *mut ffi::PyObject,
    _closure: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as a getter of frames.
    unsafe { of_frame(frame, |replaced| replaced.globals) }
}

unsafe extern "C" fn locals_of_frame(
    frame: *mut ffi::PyObject,
    _closure: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: as above.
    unsafe {
        let variables = of_frame(frame, |replaced| replaced.locals);
        if let Some(replaced) = REPLACED.get()
            && !variables.is_null()
            && !MODULE.load(Ordering::Relaxed).is_null()
            && is_of_followed_frame(frame)
        {
            (replaced.hear)(Asked::All(Quiet::new()));
        }
        variables
    }
}

unsafe extern "C" fn attribute_of_module(
    module: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as a slot of modules, under the GIL, with a live name.
    unsafe {
        let Some(replaced) = REPLACED.get() else {
            return ffi::PyObject_GenericGetAttr(module, name);
        };
        if module == MODULE.load(Ordering::Relaxed)
            && let Some(name) = Lent::new(name)
        {
            (replaced.hear)(Asked::Attribute(name));
        }
        match replaced.attribute {
            Some(original) => original(module, name),
            None => ffi::PyObject_GenericGetAttr(module, name),
        }
    }
}
