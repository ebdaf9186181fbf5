//! Twin: the code objects that the user's program sees.
//!
//! A function of the program runs instrumented code. Asked for its `__code__` it gives the code
//! that CPython compiled from the same text without probes: what is pickled, marshalled, copied to
//! another process or disassembled is the user's own. Frames keep the code that they run, for their
//! positions belong to it.
#![allow(unsafe_code, reason = "replaces the getter of an attribute of CPython's function type")]

use std::cell::UnsafeCell;
use std::ffi::c_void;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyTuple};
use rustc_hash::FxHashMap;

use crate::reach::Address;

struct Twins(UnsafeCell<Option<State>>);

// SAFETY: only touched under the GIL, by functions that do not call back while they hold it.
unsafe impl Sync for Twins {}

static TWINS: Twins = Twins(UnsafeCell::new(None));

struct State {
    /// The code without probes, by the address of the code with them. Both are kept alive.
    plain: FxHashMap<Address, Py<PyAny>>,
    getter: ffi::getter,
}

/// Pairs an instrumented code object with its plain twin, and those nested in them.
pub(crate) fn pair(instrumented: &Bound<'_, PyAny>, plain: &Bound<'_, PyAny>) -> PyResult<()> {
    let ours = nested(instrumented)?;
    let theirs = nested(plain)?;
    if ours.len() != theirs.len() {
        return Ok(());
    }
    for (ours, theirs) in ours.iter().zip(&theirs) {
        if !ours.getattr("co_qualname")?.eq(theirs.getattr("co_qualname")?)? {
            continue;
        }
        // SAFETY: the GIL is held; see `Twins`.
        unsafe {
            if let Some(state) = state() {
                state.plain.insert(ours.as_ptr() as Address, theirs.clone().unbind());
            }
        }
        pair(ours, theirs)?;
    }
    Ok(())
}

fn nested<'py>(code: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    Ok(constants.iter().filter(|constant| constant.is_instance_of::<PyCode>()).collect())
}

unsafe fn state() -> Option<&'static mut State> {
    // SAFETY: the attributes of a static built-in type are a static table of CPython's that ends with
    // a null name; the getter that stood there is called by ours.
    unsafe {
        let slot = &mut *TWINS.0.get();
        if slot.is_none() {
            let mut entry = ffi::PyFunction_Type.tp_getset;
            while std::ffi::CStr::from_ptr((!entry.is_null()).then(|| (*entry).name)?.as_ref()?)
                != c"__code__"
            {
                entry = entry.add(1);
            }
            let getter = (*entry).get?;
            *slot = Some(State { plain: FxHashMap::default(), getter });
            (*entry).get = Some(plain_code);
        }
        slot.as_mut()
    }
}

unsafe extern "C" fn plain_code(
    function: *mut ffi::PyObject,
    closure: *mut c_void,
) -> *mut ffi::PyObject {
    // SAFETY: called by CPython as the getter of `function.__code__`, under the GIL.
    unsafe {
        let Some(state) = (*TWINS.0.get()).as_ref() else { return std::ptr::null_mut() };
        let code = (state.getter)(function, closure);
        match state.plain.get(&(code as Address)) {
            Some(plain) if !code.is_null() => {
                ffi::Py_DECREF(code);
                ffi::Py_NewRef(plain.as_ptr())
            }
            _ => code,
        }
    }
}
