//! Code attributes: those by which a program gets hold of a code object or of an offset in one.
//!
//! Functions, frames, generators and coroutines give the original code, and frames and tracebacks the
//! offset in it. The attributes of built-in types are static tables of CPython's: a
//! getter that stands in one is replaced there, so that the attribute stays the very same object; a
//! plain member of a struct gets another attribute in its place. What CPython reads itself are the
//! structs, which are left alone: the frame runs its own code, and a traceback that CPython prints
//! is found by its own positions.
#![allow(unsafe_code, reason = "replaces attributes of CPython's built-in types")]

use std::cell::UnsafeCell;
use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr;

use clew_heap::{Class, Lent};
use pyo3::ffi;
use pyo3::prelude::*;

use super::original_code::{self, CodePair};

/// Who gives out a code object. The numbers are those of [`CODES`].
const FRAME: usize = 0;
const GENERATOR: usize = 1;
const COROUTINE: usize = 2;
const ASYNC_GENERATOR: usize = 3;
const FUNCTION: usize = 4;
const COUNT: usize = 5;

const CODES: [&CStr; COUNT] = [c"f_code", c"gi_code", c"cr_code", c"ag_code", c"__code__"];

/// What stood where ours stands.
#[derive(Clone, Copy)]
pub(crate) enum Original {
    Getter(ffi::getter, *mut c_void),
    /// A descriptor, and what gets a value through it.
    Descriptor(*mut ffi::PyObject, ffi::descrgetfunc),
}

impl Original {
    /// Gets the attribute of an object.
    ///
    /// # Safety
    /// The object is live and of the type that the original stood in, and the interpreter is held.
    pub(crate) unsafe fn get(self, object: *mut ffi::PyObject) -> *mut ffi::PyObject {
        // SAFETY: the caller lends a live object of the type that the original stood in.
        unsafe {
            match self {
                Self::Getter(getter, closure) => getter(object, closure),
                Self::Descriptor(descriptor, get) => {
                    get(descriptor, object, ffi::Py_TYPE(object).cast())
                }
            }
        }
    }
}

#[derive(Default)]
struct Originals {
    codes: [Option<Original>; COUNT],
    sizes: [Option<ffi::PyCFunction>; COUNT],
    make_traceback: Option<ffi::newfunc>,
    /// Where in a traceback its offset is.
    offset_in_traceback: usize,
}

struct Replaced(UnsafeCell<Option<Originals>>);

// SAFETY: written once, under the GIL, before any of the functions that read it can be called.
unsafe impl Sync for Replaced {}

static REPLACED: Replaced = Replaced(UnsafeCell::new(None));

/// Replaces the attributes, the first time.
pub(crate) fn replace(_py: Python<'_>) {
    // SAFETY: the GIL is held; the types are built in and live as long as the interpreter.
    unsafe {
        if (*REPLACED.0.get()).is_some() {
            return;
        }
        let originals = (*REPLACED.0.get()).insert(Originals::default());
        let types = [
            &raw mut ffi::PyFrame_Type,
            &raw mut ffi::PyGen_Type,
            &raw mut ffi::PyCoro_Type,
            &raw mut ffi::PyAsyncGen_Type,
            &raw mut ffi::PyFunction_Type,
        ];
        let ours: [ffi::getter; COUNT] = [
            original_of::<FRAME>,
            original_of::<GENERATOR>,
            original_of::<COROUTINE>,
            original_of::<ASYNC_GENERATOR>,
            original_of::<FUNCTION>,
        ];
        let sizes: [ffi::PyCFunction; FUNCTION] = [
            original_size::<FRAME>,
            original_size::<GENERATOR>,
            original_size::<COROUTINE>,
            original_size::<ASYNC_GENERATOR>,
        ];
        for (at, &class) in types.iter().enumerate() {
            originals.codes[at] = replace_getter(class, CODES[at], ours[at]);
            if let Some(&size) = sizes.get(at) {
                originals.sizes[at] = replace_method(class, c"__sizeof__", size);
            }
        }
        replace_getter(&raw mut ffi::PyFrame_Type, c"f_lasti", frame_offset);

        let traceback = &raw mut ffi::PyTraceBack_Type;
        let member = Class::new(traceback).and_then(|class| attribute(class, c"tb_lasti"));
        if let Some(member) = member
            && member.is_exactly(&raw mut ffi::PyMemberDescr_Type)
        {
            let member = member.as_ptr().cast::<ffi::PyMemberDescrObject>();
            originals.offset_in_traceback = (*(*member).d_member).offset as usize;
            replace_getter(traceback, c"tb_lasti", traceback_offset);
            originals.make_traceback = (*traceback).tp_new;
            (*traceback).tp_new = Some(make_traceback);
        }
    }
}

/// An attribute of a class itself.
fn attribute<'a>(class: Class<'a>, name: &CStr) -> Option<Lent<'a>> {
    class.dictionary()?.item(&name.to_string_lossy())
}

/// Puts a getter in the place of a getter or of a member; gives what was there.
///
/// # Safety
/// The type is built in, the getter is for objects of it, and the interpreter is held.
pub(crate) unsafe fn replace_getter(
    class: *mut ffi::PyTypeObject,
    name: &CStr,
    getter: ffi::getter,
) -> Option<Original> {
    // SAFETY: the descriptor's type says which struct it is. Its table of getters is the type's own
    // and can be written; what replaces a member lives for good, and so does the member.
    unsafe {
        let descriptor = attribute(Class::new(class)?, name)?.as_ptr();
        if ffi::Py_TYPE(descriptor) == &raw mut ffi::PyGetSetDescr_Type {
            let entry = (*descriptor.cast::<ffi::PyGetSetDescrObject>()).d_getset;
            let original = Original::Getter((*entry).get?, (*entry).closure);
            (*entry).get = Some(getter);
            return Some(original);
        }
        let get = (*ffi::Py_TYPE(descriptor)).tp_descr_get?;
        ffi::Py_INCREF(descriptor);
        let entry = Box::leak(Box::new(ffi::PyGetSetDef {
            name: CString::from(name).into_raw(),
            get: Some(getter),
            set: None,
            doc: ptr::null(),
            closure: ptr::null_mut(),
        }));
        let replacement = ffi::PyDescr_NewGetSet(class, entry);
        let dictionary = Class::new(class)?.dictionary()?.as_ptr();
        if replacement.is_null()
            || ffi::PyDict_SetItemString(dictionary, name.as_ptr(), replacement) != 0
        {
            ffi::PyErr_Clear();
            return None;
        }
        ffi::Py_DECREF(replacement);
        ffi::PyType_Modified(class);
        Some(Original::Descriptor(descriptor, get))
    }
}

/// Puts a function in the place of a method without arguments; gives what was there.
unsafe fn replace_method(
    class: *mut ffi::PyTypeObject,
    name: &CStr,
    function: ffi::PyCFunction,
) -> Option<ffi::PyCFunction> {
    // SAFETY: the descriptor's type says which struct it is. Its table of methods is the type's own and can
    // be written.
    unsafe {
        let descriptor = attribute(Class::new(class)?, name)?;
        if !descriptor.is_exactly(&raw mut ffi::PyMethodDescr_Type) {
            return None;
        }
        let entry = (*descriptor.as_ptr().cast::<ffi::PyMethodDescrObject>()).d_method;
        let original = (*entry).ml_meth.PyCFunction;
        (*entry).ml_meth = ffi::PyMethodDefPointer { PyCFunction: function };
        Some(original)
    }
}

/// The code that an object runs, by who it is; a new reference, or null with an error set.
unsafe fn code_run_by<const WHO: usize>(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: CPython calls our getters with objects of their types, after `replace`.
    unsafe {
        match (*REPLACED.0.get()).as_ref().and_then(|originals| originals.codes[WHO]) {
            Some(original) => original.get(object),
            // Asked for while `replace` has not ended.
            None => {
                ffi::PyErr_SetString(ffi::PyExc_AttributeError, CODES[WHO].as_ptr());
                ptr::null_mut()
            }
        }
    }
}

unsafe extern "C" fn original_of<const WHO: usize>(
    object: *mut ffi::PyObject,
    _closure: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as the getter of an attribute, under the GIL.
    unsafe {
        let code = code_run_by::<WHO>(object);
        match original_code::of_running(code) {
            Some(pair) => {
                ffi::Py_DECREF(code);
                ffi::Py_NewRef(pair.original())
            }
            None => code,
        }
    }
}

/// `__sizeof__` of what holds a frame: probes want more of the frame's stack.
unsafe extern "C" fn original_size<const WHO: usize>(
    object: *mut ffi::PyObject,
    arguments: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as a method without arguments, under the GIL, after `replace`.
    unsafe {
        let Some(original) = (*REPLACED.0.get()).as_ref().and_then(|all| all.sizes[WHO]) else {
            return ffi::PyLong_FromLong(0);
        };
        let size = original(object, arguments);
        if size.is_null() {
            return size;
        }
        let code = code_run_by::<WHO>(object);
        let Some(pair) = original_code::of_running(code) else {
            if code.is_null() {
                ffi::PyErr_Clear();
            }
            ffi::Py_XDECREF(code);
            return size;
        };
        let sizes = (Lent::new(code), Lent::new(pair.original()));
        let more = sizes.0.map_or(0, stack_size) - sizes.1.map_or(0, stack_size);
        ffi::Py_DECREF(code);
        let original = ffi::PyLong_AsSsize_t(size) - more * size_of::<*mut c_void>() as isize;
        ffi::Py_DECREF(size);
        ffi::PyLong_FromSsize_t(original)
    }
}

fn stack_size(code: Lent<'_>) -> isize {
    let size = code.get(c"co_stacksize").and_then(|size| size.lend().integer());
    size.and_then(|size| isize::try_from(size).ok()).unwrap_or(0)
}

/// The pair that the code that a frame runs is of.
pub(crate) fn pair_of_frame(frame: Lent<'_>) -> Option<&'static CodePair> {
    if !frame.is_exactly(&raw mut ffi::PyFrame_Type) {
        return None;
    }
    // SAFETY: the frame is lent, and it gives a new reference to its code, which it holds too.
    unsafe {
        let code = ffi::PyFrame_GetCode(frame.as_ptr().cast()).cast::<ffi::PyObject>();
        let pair = original_code::of_running(code);
        ffi::Py_DECREF(code);
        pair
    }
}

unsafe extern "C" fn frame_offset(
    frame: *mut ffi::PyObject,
    _closure: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as the getter of `frame.f_lasti`, under the GIL.
    unsafe {
        let offset = i64::from(ffi::PyFrame_GetLasti(frame.cast()));
        let pair = Lent::new(frame).and_then(pair_of_frame);
        ffi::PyLong_FromLongLong(original_offset(pair, offset))
    }
}

fn original_offset(pair: Option<&'static CodePair>, offset: i64) -> i64 {
    // SAFETY: attributes are asked for with the interpreter held.
    let py = unsafe { Python::assume_attached() };
    pair.and_then(|pair| pair.offsets(py)).map_or(offset, |offsets| offsets.original(offset))
}

/// Where a traceback keeps its offset.
unsafe fn offset_of(traceback: *mut ffi::PyObject) -> *mut c_int {
    // SAFETY: the caller lends a live traceback; CPython's table of members says where it is.
    unsafe {
        let within = (*REPLACED.0.get()).as_ref().map_or(0, |all| all.offset_in_traceback);
        traceback.cast::<u8>().add(within).cast::<c_int>()
    }
}

fn pair_of_traceback(traceback: Lent<'_>) -> Option<&'static CodePair> {
    pair_of_frame(traceback.get(c"tb_frame")?.lend())
}

unsafe extern "C" fn traceback_offset(
    traceback: *mut ffi::PyObject,
    _closure: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as the getter of `traceback.tb_lasti`, under the GIL.
    unsafe {
        let offset = i64::from(*offset_of(traceback));
        let pair = Lent::new(traceback).and_then(pair_of_traceback);
        if offset < -1 && pair.is_some() {
            return ffi::PyLong_FromLongLong(-2 - offset);
        }
        ffi::PyLong_FromLongLong(original_offset(pair, offset))
    }
}

/// `types.TracebackType(…)`: the offset that the program gives is one that it was given.
unsafe extern "C" fn make_traceback(
    class: *mut ffi::PyTypeObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as the type's `tp_new`, under the GIL, after `replace`.
    unsafe {
        let original = (*REPLACED.0.get()).as_ref().and_then(|all| all.make_traceback);
        let Some(original) = original else { return ptr::null_mut() };
        let traceback = original(class, arguments, keywords);
        if let Some(pair) = Lent::new(traceback).and_then(pair_of_traceback)
            && let Some(offsets) = pair.offsets(Python::assume_attached())
        {
            let offset = offset_of(traceback);
            let (given, found) = (i64::from(*offset), offsets.running(i64::from(*offset)));
            // What no running instruction stands for is kept as a number that is no offset.
            let exact = given < 0 || offsets.original(found) == given;
            *offset = if exact { found } else { -2 - given } as c_int;
        }
        traceback
    }
}
