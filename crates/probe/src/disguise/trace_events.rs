//! Trace events: what trace functions and monitoring tools are given, in terms of the original code.
//!
//! A program that traces its own instructions is given none of a probe's. The functions of
//! `sys` by which it begins to listen are replaced in CPython's static table of methods, so that
//! they stay the very same objects; who does not listen pays nothing.
#![allow(unsafe_code, reason = "replaces functions of CPython's module `sys`")]

use std::cell::Cell;
use std::ffi::c_int;

use clew_heap::Lent;
use pyo3::ffi;
use pyo3::prelude::*;

use super::code_attributes;
use super::method_table::method;
use crate::thread_state::{self, TraceFunction};

/// What CPython itself calls at each event, and what `sys.settrace` was.
struct Tracing {
    replaced: Cell<bool>,
    dispatch: Cell<Option<TraceFunction>>,
    settrace: Cell<Option<ffi::PyCFunction>>,
}

// SAFETY: the cells are written by `replace` and read by the functions that it puts in place, all of them
// under the GIL.
unsafe impl Sync for Tracing {}

static TRACING: Tracing =
    Tracing { replaced: Cell::new(false), dispatch: Cell::new(None), settrace: Cell::new(None) };

/// Replaces the functions, the first time.
pub(crate) fn replace(py: Python<'_>) -> PyResult<()> {
    if TRACING.replaced.replace(true) {
        return Ok(());
    }
    let sys = py.import("sys")?;
    // SAFETY: the GIL is held, and the method takes one argument in all versions that we know.
    unsafe {
        if let Some(method) = method(&sys, "settrace") {
            TRACING.settrace.set(Some((*method).ml_meth.PyCFunction));
            (*method).ml_meth = ffi::PyMethodDefPointer { PyCFunction: settrace };
        }
    }
    #[cfg(Py_3_12)]
    monitoring::replace(&sys)?;
    Ok(())
}

unsafe extern "C" fn settrace(
    module: *mut ffi::PyObject,
    function: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this as `sys.settrace`, under the GIL, after `replace`.
    unsafe {
        let Some(original) = TRACING.settrace.get() else { return std::ptr::null_mut() };
        let result = original(module, function);
        if !result.is_null()
            && function != ffi::Py_None()
            && let Some(dispatch) = thread_state::replace_trace_function(without_probes)
        {
            TRACING.dispatch.set(Some(dispatch));
        }
        result
    }
}

/// Hands an event on, unless it is one of a probe's instructions.
unsafe extern "C-unwind" fn without_probes(
    function: *mut ffi::PyObject,
    frame: *mut ffi::PyObject,
    event: c_int,
    argument: *mut ffi::PyObject,
) -> c_int {
    // SAFETY: CPython calls this under the GIL with a live frame.
    unsafe {
        if event == ffi::PyTrace_OPCODE
            && let Some(pair) = Lent::new(frame).and_then(code_attributes::pair_of_frame)
            && let Some(offsets) = pair.offsets(Python::assume_attached())
            && !offsets.is_shared(i64::from(ffi::PyFrame_GetLasti(frame.cast())))
        {
            return 0;
        }
        match TRACING.dispatch.get() {
            Some(dispatch) => dispatch(function, frame, event, argument),
            None => 0,
        }
    }
}

/// `sys.monitoring`: its callbacks are given code objects and offsets, and its local events are set
/// on code objects.
#[cfg(Py_3_12)]
mod monitoring {
    use std::cell::Cell;
    use std::ptr;

    use clew_heap::Lent;
    use clew_heap::native::PyMethod_Type;
    use pyo3::ffi;
    use pyo3::prelude::*;

    use super::super::original_code;
    use super::method;
    use crate::trampoline::{self, PyObject_Vectorcall};

    // The numbers of CPython's events, as in its `cpython/monitoring.h`.
    const CALL: u32 = 4;
    const LINE: u32 = 5;
    const INSTRUCTION: u32 = 6;
    const JUMP: u32 = 7;
    const BRANCH: u32 = 8;
    const C_RETURN: u32 = 15;
    const C_RAISE: u32 = 16;

    /// As CPython calls a function with positional arguments only.
    type Fast = unsafe extern "C-unwind" fn(
        *mut ffi::PyObject,
        *const *mut ffi::PyObject,
        ffi::Py_ssize_t,
    ) -> *mut ffi::PyObject;

    struct Originals {
        register_callback: Cell<Option<Fast>>,
        set_local_events: Cell<Option<Fast>>,
        get_local_events: Cell<Option<Fast>>,
    }

    // SAFETY: the cells are written once, by who replaces the functions, and read by their stand-ins, which
    // CPython calls under the GIL.
    unsafe impl Sync for Originals {}

    static ORIGINALS: Originals = Originals {
        register_callback: Cell::new(None),
        set_local_events: Cell::new(None),
        get_local_events: Cell::new(None),
    };

    pub(super) fn replace(sys: &Bound<'_, PyModule>) -> PyResult<()> {
        let Ok(module) = sys.getattr("monitoring") else { return Ok(()) };
        let put = |name: &str, ours: Fast, original: &Cell<Option<Fast>>| {
            // SAFETY: these three take positional arguments only in 3.12 and 3.13, which the flags
            // of the method are asked for.
            unsafe {
                if let Some(method) = method(&module, name)
                    && (*method).ml_flags == ffi::METH_FASTCALL
                {
                    let pointer = &raw mut (*method).ml_meth;
                    original.set(Some(pointer.cast::<Fast>().read()));
                    pointer.cast::<Fast>().write(ours);
                }
            }
        };
        put("register_callback", register_callback, &ORIGINALS.register_callback);
        put("set_local_events", set_local_events, &ORIGINALS.set_local_events);
        put("get_local_events", get_local_events, &ORIGINALS.get_local_events);
        Ok(())
    }

    /// The one entry of the table that listeners are functions of.
    struct Table(ffi::PyMethodDef);

    // SAFETY: CPython only reads it.
    unsafe impl Sync for Table {}

    static LISTENER: Table = Table(ffi::PyMethodDef {
        ml_name: c"listener".as_ptr(),
        ml_meth: ffi::PyMethodDefPointer {
            // SAFETY: the flags say that it is called as a `Fast`, which differs in how it unwinds.
            PyCFunctionFast: unsafe { std::mem::transmute::<Fast, ffi::PyCFunctionFast>(listener) },
        },
        ml_flags: ffi::METH_FASTCALL,
        ml_doc: ptr::null(),
    });

    /// The callback that a listener stands before; `None` where it is no listener.
    fn callback_of(function: Lent<'_>) -> Option<Lent<'_>> {
        if !function.is_exactly(&raw mut ffi::PyCFunction_Type) {
            return None;
        }
        // SAFETY: the type was checked; a listener's `self` is a pair, which holds the callback.
        unsafe {
            let function = function.as_ptr().cast::<ffi::PyCFunctionObject>();
            ptr::eq((*function).m_ml, &raw const LISTENER.0)
                .then(|| Lent::new(ffi::PyTuple_GET_ITEM((*function).m_self, 0)))
                .flatten()
        }
    }

    unsafe extern "C-unwind" fn register_callback(
        module: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: ffi::Py_ssize_t,
    ) -> *mut ffi::PyObject {
        // SAFETY: CPython calls this under the GIL, after `replace`, and lends the arguments.
        unsafe {
            let Some(original) = ORIGINALS.register_callback.get() else { return ptr::null_mut() };
            if count != 3 || *arguments.add(2) == ffi::Py_None() {
                return shown(original(module, arguments, count));
            }
            let (event, callback) = (*arguments.add(1), *arguments.add(2));
            let pair = ffi::PyTuple_Pack(2, callback, event);
            if pair.is_null() {
                return pair;
            }
            let table = (&raw const LISTENER.0).cast_mut();
            let listener = ffi::PyCFunction_NewEx(table, pair, ptr::null_mut());
            ffi::Py_DECREF(pair);
            if listener.is_null() {
                return listener;
            }
            let result = original(module, [*arguments, event, listener].as_ptr(), count);
            ffi::Py_DECREF(listener);
            shown(result)
        }
    }

    /// A callback as the program knows it.
    unsafe fn shown(function: *mut ffi::PyObject) -> *mut ffi::PyObject {
        // SAFETY: the caller hands a reference over, or null.
        unsafe {
            let Some(callback) = Lent::new(function).and_then(callback_of) else {
                return function;
            };
            let callback = ffi::Py_NewRef(callback.as_ptr());
            ffi::Py_DECREF(function);
            callback
        }
    }

    unsafe extern "C-unwind" fn set_local_events(
        module: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: ffi::Py_ssize_t,
    ) -> *mut ffi::PyObject {
        // SAFETY: CPython calls this under the GIL, after `replace`, and lends the arguments.
        unsafe {
            let Some(original) = ORIGINALS.set_local_events.get() else { return ptr::null_mut() };
            // On the original too: a function that was given it runs it.
            let result = original(module, arguments, count);
            match original_code::of_original(if count == 3 {
                *arguments.add(1)
            } else {
                ptr::null_mut()
            }) {
                Some(pair) if !result.is_null() => {
                    ffi::Py_DECREF(result);
                    let arguments = [*arguments, pair.running(), *arguments.add(2)];
                    original(module, arguments.as_ptr(), count)
                }
                _ => result,
            }
        }
    }

    unsafe extern "C-unwind" fn get_local_events(
        module: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: ffi::Py_ssize_t,
    ) -> *mut ffi::PyObject {
        // SAFETY: CPython calls this under the GIL, after `replace`, and lends the arguments.
        unsafe {
            let Some(original) = ORIGINALS.get_local_events.get() else { return ptr::null_mut() };
            match original_code::of_original(if count == 2 {
                *arguments.add(1)
            } else {
                ptr::null_mut()
            }) {
                Some(pair) => original(module, [*arguments, pair.running()].as_ptr(), count),
                None => original(module, arguments, count),
            }
        }
    }

    /// What CPython calls in the place of a program's callback.
    unsafe extern "C-unwind" fn listener(
        pair: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: ffi::Py_ssize_t,
    ) -> *mut ffi::PyObject {
        // SAFETY: CPython calls this under the GIL and lends the arguments; the pair is the one
        // that `register_callback` made.
        unsafe {
            let callback = ffi::PyTuple_GET_ITEM(pair, 0);
            let lent = std::slice::from_raw_parts(arguments, count as usize);
            let codes = lent.first().and_then(|&code| original_code::of_running(code));
            let offsets = codes.and_then(|codes| codes.offsets(Python::assume_attached()));
            let (Some(codes), Some(offsets)) = (codes, offsets) else {
                return PyObject_Vectorcall(callback, arguments, count as usize, ptr::null_mut());
            };
            let mut given = lent.to_vec();
            let mut made = [ptr::null_mut(); 2];
            given[0] = codes.original();
            let event = Lent::new(ffi::PyTuple_GET_ITEM(pair, 1)).map_or(u32::MAX, event_of);
            if event != LINE && count > 1 {
                let offset = ffi::PyLong_AsLongLong(lent[1]);
                let of_probe = !offsets.is_shared(offset);
                if of_probe && matches!(event, INSTRUCTION | JUMP | BRANCH) {
                    return ffi::Py_NewRef(ffi::Py_None());
                }
                made[0] = ffi::PyLong_FromLongLong(offsets.original(offset));
                given[1] = made[0];
            }
            if matches!(event, JUMP | BRANCH) && count > 2 {
                let target = ffi::PyLong_AsLongLong(lent[2]);
                made[1] = ffi::PyLong_FromLongLong(offsets.original(target));
                given[2] = made[1];
            }
            if matches!(event, CALL | C_RETURN | C_RAISE) && count > 2 {
                if let Some(callee) = Lent::new(lent[2]).and_then(trampoline::callee_of) {
                    // CPython takes a trampoline for a function of C.
                    let python = callee.is_function() || callee.is_exactly(&raw mut PyMethod_Type);
                    if python && event != CALL {
                        return ffi::Py_NewRef(ffi::Py_None());
                    }
                    given[2] = callee.as_ptr();
                }
            }
            let result = if given.iter().any(|given| given.is_null()) {
                ptr::null_mut()
            } else {
                PyObject_Vectorcall(callback, given.as_ptr(), given.len(), ptr::null_mut())
            };
            for made in made {
                ffi::Py_XDECREF(made);
            }
            result
        }
    }

    /// The number of an event that is given as a power of two.
    fn event_of(event: Lent<'_>) -> u32 {
        event.integer().filter(|&bits| bits > 0).map_or(u32::MAX, i64::trailing_zeros)
    }
}
