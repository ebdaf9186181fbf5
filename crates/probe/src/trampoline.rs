//! Trampoline: what stands in the place of a callee for one call, when its arguments matter.
//!
//! It is called in the callee's place, reports to the [`Listener`] and calls through by the protocol that
//! CPython itself would have used. It leaves no Python frame, and when Python asks who it is, to word
//! an error, it answers as the callee does.
#![allow(unsafe_code, reason = "types whose slots CPython calls, made through its C API")]

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr;

use clew_heap::Lent;
use clew_heap::arguments::CallArguments;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::listener::Listener;
use crate::passed_on::passing_on;
use crate::program_point::ProgramPoint;
use crate::said::Reports;

// A daemon thread that wants the GIL while the interpreter ends is unwound by `pthread_exit`, right
// through the call that it was in; hence `C-unwind` here and in the slots below.
unsafe extern "C-unwind" {
    pub(crate) fn PyObject_Vectorcall(
        callable: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        flagged_count: usize,
        keywords: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
    fn PyObject_Call(
        callable: *mut ffi::PyObject,
        arguments: *mut ffi::PyObject,
        keywords: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

type Vectorcall = unsafe extern "C-unwind" fn(
    *mut ffi::PyObject,
    *const *mut ffi::PyObject,
    usize,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;

/// A callee on its way through a probe.
#[repr(C)]
struct Trampoline {
    ob_base: ffi::PyObject,
    vectorcall: Vectorcall,
    callee: *mut ffi::PyObject,
    base_name: *mut ffi::PyObject,
    /// Where the callee was looked up.
    looked_up: ProgramPoint,
    /// Whether it stands where the object does whose method it is, and is yet to be asked for that.
    is_object: bool,
}

/// The types of trampolines for callees with a vectorcall of their own, and for those with none: these
/// are given the very tuple of `f(*arguments)`, as CPython gives it to them.
static TYPES: pyo3::sync::PyOnceLock<[Py<PyAny>; 2]> = pyo3::sync::PyOnceLock::new();

/// Makes the types, the first time.
pub(crate) fn prepare<L: Listener>(py: Python<'_>) -> PyResult<()> {
    TYPES.get_or_try_init(py, || {
        PyResult::Ok([make_type::<L>(py, true)?, make_type::<L>(py, false)?])
    })?;
    Ok(())
}

fn make_type<L: Listener>(py: Python<'_>, vectorcall: bool) -> PyResult<Py<PyAny>> {
    let slot = |id: c_int, function: *mut c_void| ffi::PyType_Slot { slot: id, pfunc: function };
    let mut members = [
        ffi::PyMemberDef {
            name: c"__vectorcalloffset__".as_ptr(),
            type_code: ffi::Py_T_PYSSIZET,
            offset: std::mem::offset_of!(Trampoline, vectorcall) as ffi::Py_ssize_t,
            flags: ffi::Py_READONLY,
            doc: ptr::null(),
        },
        // SAFETY: all zeroes is the end mark of a member table.
        unsafe { std::mem::zeroed() },
    ];
    let mut slots = [
        slot(ffi::Py_tp_dealloc, deallocate as *mut c_void),
        slot(ffi::Py_tp_call, call_spread::<L> as *mut c_void),
        slot(ffi::Py_tp_getattro, getattr as *mut c_void),
        slot(ffi::Py_tp_str, str as *mut c_void),
        slot(ffi::Py_tp_repr, repr as *mut c_void),
        if vectorcall {
            slot(ffi::Py_tp_members, members.as_mut_ptr().cast())
        } else {
            slot(0, ptr::null_mut())
        },
        slot(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"clew._clew.trampoline".as_ptr(),
        basicsize: size_of::<Trampoline>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT
            | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION
            | if vectorcall { ffi::Py_TPFLAGS_HAVE_VECTORCALL } else { 0 }) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec is complete, its slots have the signatures that CPython asks for, and `basicsize`
    // covers the struct, whose first field is the object header. Spec, slots and the member table live
    // until the call returns, and CPython copies them.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&mut spec)) }.map(Bound::unbind)
}

/// Trampolines to be used again. A call needs one for its own time only, and whoever counts the
/// program's memory (`tracemalloc`) is not to count those.
struct Spare(UnsafeCell<[Vec<*mut ffi::PyObject>; 2]>);

// SAFETY: only touched under the GIL, by code that calls nothing while it does.
unsafe impl Sync for Spare {}

static SPARE: Spare = Spare(UnsafeCell::new([Vec::new(), Vec::new()]));

/// How many of each type are kept.
const SPARES: usize = 64;

/// A trampoline to a callee; a new reference, or null, maybe with an error set. One that is to be taken for the object whose
/// method is called gives itself when it is asked for that.
pub(crate) fn make<L: Listener>(
    callee: Lent<'_>,
    base_name: Option<Lent<'_>>,
    is_object: bool,
) -> *mut ffi::PyObject {
    let (callee, base_name) = (callee.as_ptr(), base_name.map_or(ptr::null_mut(), Lent::as_ptr));
    // SAFETY: callee and name are lent, so the interpreter is held; generic allocation gives zeroed memory
    // of `basicsize` with the header filled in, and the fields are written without being read.
    unsafe {
        let Some(types) = TYPES.get(Python::assume_attached()) else { return ptr::null_mut() };
        let slow = usize::from(ffi::PyVectorcall_Function(callee).is_none());
        let object = match (&mut (*SPARE.0.get()))[slow].pop() {
            Some(spare) => {
                // Its count went to 0 when it was let go.
                ffi::Py_INCREF(spare);
                spare
            }
            None => ffi::PyType_GenericAlloc(types[slow].as_ptr().cast(), 0),
        };
        if !object.is_null() {
            let trampoline = object.cast::<Trampoline>();
            ptr::addr_of_mut!((*trampoline).vectorcall).write(call::<L>);
            ptr::addr_of_mut!((*trampoline).callee).write(ffi::Py_NewRef(callee));
            ptr::addr_of_mut!((*trampoline).base_name).write(ffi::Py_XNewRef(base_name));
            ptr::addr_of_mut!((*trampoline).looked_up).write(ProgramPoint::current());
            ptr::addr_of_mut!((*trampoline).is_object).write(is_object);
        }
        object
    }
}

/// The callee behind a trampoline; `None` for every other object.
#[cfg(Py_3_12)]
pub(crate) fn callee_of(object: Lent<'_>) -> Option<Lent<'_>> {
    // SAFETY: an object is lent, so the interpreter is held.
    let types = TYPES.get(unsafe { Python::assume_attached() })?;
    let class = object.class().object().as_ptr();
    if types.iter().all(|known| known.as_ptr() != class) {
        return None;
    }
    // SAFETY: the type says which struct it is, and a trampoline holds its callee.
    unsafe { Lent::new((*object.as_ptr().cast::<Trampoline>()).callee) }
}

unsafe extern "C-unwind" fn deallocate(object: *mut ffi::PyObject) {
    // SAFETY: CPython calls this once, for an object that `make` filled in. A spare one keeps its memory
    // and its reference to the type, and holds nothing.
    unsafe {
        let trampoline = object.cast::<Trampoline>();
        let callee = std::mem::replace(&mut (*trampoline).callee, ptr::null_mut());
        let base_name = std::mem::replace(&mut (*trampoline).base_name, ptr::null_mut());
        let kind = ffi::Py_TYPE(object);
        let fast = (*kind).tp_flags & ffi::Py_TPFLAGS_HAVE_VECTORCALL != 0;
        let spare = &mut (*SPARE.0.get())[usize::from(!fast)];
        if spare.len() < SPARES {
            spare.push(object);
        } else {
            ffi::PyObject_Free(object.cast());
            ffi::Py_DECREF(kind.cast());
        }
        ffi::Py_XDECREF(callee);
        ffi::Py_XDECREF(base_name);
    }
}

// Python words an error about a call's arguments by asking the callee who it is.

unsafe extern "C-unwind" fn getattr(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Trampoline`, which holds its callee.
    unsafe {
        let trampoline = object.cast::<Trampoline>();
        if std::mem::take(&mut (*trampoline).is_object) {
            return ffi::Py_NewRef(object);
        }
        ffi::PyObject_GetAttr((*trampoline).callee, name)
    }
}

unsafe extern "C-unwind" fn str(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Trampoline`, which holds its callee.
    unsafe { ffi::PyObject_Str((*object.cast::<Trampoline>()).callee) }
}

unsafe extern "C-unwind" fn repr(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Trampoline`, which holds its callee.
    unsafe { ffi::PyObject_Repr((*object.cast::<Trampoline>()).callee) }
}

/// A call by vectorcall.
unsafe extern "C-unwind" fn call<L: Listener>(
    object: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    flagged_count: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this by the vectorcall protocol, which lends callee and arguments for
    // the time of the call. The offset flag is not handed on: the slot before the arguments is
    // not ours to give.
    unsafe {
        let trampoline = &*object.cast::<Trampoline>();
        let count = ffi::PyVectorcall_NARGS(flagged_count) as usize;
        let call = CallArguments { arguments, count, keywords };
        // The eval loop gives the slot before the arguments as well; a tuple's items come without it. Those
        // it moves into the frame of a function, too, since 3.12.
        let on_stack = count != flagged_count
            || cfg!(Py_3_12) && ffi::Py_TYPE(trampoline.callee) == &raw mut ffi::PyFunction_Type;
        trampoline.through::<L>((&call, false), |callee| {
            let body = || PyObject_Vectorcall(callee, arguments, count, keywords);
            match Lent::new(callee) {
                Some(callee) if on_stack => passing_on(callee, &call, body),
                _ => body(),
            }
        })
    }
}

/// A call as `f(*arguments, **keywords)`: the callee gets the very tuple and dictionary.
unsafe extern "C-unwind" fn call_spread<L: Listener>(
    object: *mut ffi::PyObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this with a tuple and with a dictionary or null, and lends both for the
    // time of the call. What the listener is shown is borrowed from them.
    unsafe {
        let trampoline = &*object.cast::<Trampoline>();
        let count = ffi::PyTuple_GET_SIZE(arguments) as usize;
        let mut all: Vec<*mut ffi::PyObject> =
            (0..count).map(|at| ffi::PyTuple_GET_ITEM(arguments, at as ffi::Py_ssize_t)).collect();
        let mut names = Vec::new();
        let (mut at, mut name, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        while !keywords.is_null() && ffi::PyDict_Next(keywords, &mut at, &mut name, &mut value) != 0
        {
            names.push(name);
            all.push(value);
        }
        let tuple = if names.is_empty() {
            ptr::null_mut()
        } else {
            ffi::PyTuple_New(names.len() as ffi::Py_ssize_t)
        };
        if !tuple.is_null() {
            for (at, &name) in names.iter().enumerate() {
                ffi::PyTuple_SET_ITEM(tuple, at as ffi::Py_ssize_t, ffi::Py_NewRef(name));
            }
        } else if !names.is_empty() {
            ffi::PyErr_Clear();
        }
        let call = CallArguments { arguments: all.as_ptr(), count, keywords: tuple };
        let result = trampoline
            .through::<L>((&call, true), |callee| PyObject_Call(callee, arguments, keywords));
        ffi::Py_XDECREF(tuple);
        result
    }
}

impl Trampoline {
    /// Calls the callee, and reports the call and its end to the listener, unless such a call was reported before.
    fn through<L: Listener>(
        &self,
        (call, spread): (&CallArguments, bool),
        body: impl FnOnce(*mut ffi::PyObject) -> *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: the trampoline holds callee and name, and listeners run none of the program's code.
        let lend = || unsafe { (Lent::new(self.callee), Lent::new(self.base_name)) };
        let (Some(callee), base_name) = lend() else { return ptr::null_mut() };
        // A spread call has its names in a tuple made for it.
        let is_told = !spread || call.keywords.is_null();
        let call_and_point = (call, self.looked_up);
        let reports =
            is_told.then(|| Reports::of_call(callee, base_name, call_and_point)).flatten();
        if reports.is_some_and(Reports::is_repeated) {
            return body(self.callee);
        }
        let pending = L::passing(callee, (call, reports), base_name);
        // A signal that came while the listener was at work must not wait for the call to end: `sleep`
        // would not know of it.
        // SAFETY: CPython calls trampolines with the interpreter held.
        let interrupted = unsafe { ffi::PyErr_CheckSignals() } != 0;
        let result = if interrupted { ptr::null_mut() } else { body(self.callee) };
        if let (Some(pending), (Some(callee), base_name)) = (pending, lend()) {
            // SAFETY: the call gave a new reference or null, which is given away only below.
            let lent = unsafe { Lent::new(result) };
            L::passed(pending, (callee, base_name), call, lent);
        }
        result
    }
}
