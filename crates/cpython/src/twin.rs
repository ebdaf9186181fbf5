//! Twin: each code object with probes and the one that CPython compiled from the same text without.
//!
//! The program runs the first and sees the second, wherever it can get hold of a code object or of
//! a place in one (`seen`, `events`): what is pickled, marshalled, copied to another process or
//! disassembled is the user's own. Where an instruction of the one is in the other (`offsets`) is
//! found out when it is first asked for.
#![allow(unsafe_code, reason = "keeps a table that CPython's getters read")]

use std::cell::{OnceCell, UnsafeCell};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyTuple};
use rustc_hash::FxHashMap;

use crate::offsets::Offsets;
use crate::reach::Address;
use crate::{events, probe, seen};

struct Twins(UnsafeCell<Option<State>>);

// SAFETY: only touched under the GIL, by functions that do not call back while they hold it.
unsafe impl Sync for Twins {}

static TWINS: Twins = Twins(UnsafeCell::new(None));

/// Pairs live as long as the process: the code may run until then.
#[derive(Default)]
struct State {
    /// By the address of the code with probes.
    running: FxHashMap<Address, &'static Twin>,
    /// By the address of the code without.
    plain: FxHashMap<Address, &'static Twin>,
}

/// A code object with probes and the one without. Both are kept alive.
pub(crate) struct Twin {
    running: Py<PyAny>,
    plain: Py<PyAny>,
    offsets: OnceCell<Option<Offsets>>,
}

impl Twin {
    /// The code object with probes, borrowed.
    #[cfg_attr(not(Py_3_12), expect(dead_code, reason = "asked for by `sys.monitoring` alone"))]
    pub(crate) fn running(&self) -> *mut ffi::PyObject {
        self.running.as_ptr()
    }

    /// The code object without probes, borrowed.
    pub(crate) fn plain(&self) -> *mut ffi::PyObject {
        self.plain.as_ptr()
    }

    /// Where the instructions of the one are in the other; `None` where that cannot be told.
    pub(crate) fn offsets(&self, py: Python<'_>) -> Option<&Offsets> {
        if self.offsets.get().is_none() {
            // A collection may come between and run a finalizer that asks for the same.
            let offsets = Offsets::between(self.running.bind(py), self.plain.bind(py)).ok();
            let _ = self.offsets.set(offsets);
        }
        self.offsets.get()?.as_ref()
    }
}

/// The twin of a code object with probes.
pub(crate) fn of_running(code: *mut ffi::PyObject) -> Option<&'static Twin> {
    // SAFETY: the GIL is held; see `Twins`.
    unsafe { (*TWINS.0.get()).as_ref()?.running.get(&(code as Address)).copied() }
}

/// The twin of a code object without probes.
#[cfg_attr(not(Py_3_12), expect(dead_code, reason = "asked for by `sys.monitoring` alone"))]
pub(crate) fn of_plain(code: *mut ffi::PyObject) -> Option<&'static Twin> {
    // SAFETY: as above.
    unsafe { (*TWINS.0.get()).as_ref()?.plain.get(&(code as Address)).copied() }
}

/// Pairs an instrumented code object with its plain twin, and those nested in them.
pub(crate) fn pair(running: &Bound<'_, PyAny>, plain: &Bound<'_, PyAny>) -> PyResult<()> {
    seen::replace(running.py());
    events::replace(running.py())?;
    pair_within(running, plain)
}

fn pair_within(running: &Bound<'_, PyAny>, plain: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: as above; what is leaked is kept for good.
    unsafe {
        let state = (*TWINS.0.get()).get_or_insert_default();
        let twin: &'static Twin = Box::leak(Box::new(Twin {
            running: running.clone().unbind(),
            plain: plain.clone().unbind(),
            offsets: OnceCell::new(),
        }));
        state.running.insert(running.as_ptr() as Address, twin);
        state.plain.insert(plain.as_ptr() as Address, twin);
    }
    let (ours, theirs) = (nested(running)?, nested(plain)?);
    let same = ours.len() == theirs.len();
    for (at, code) in ours.iter().enumerate() {
        let name = Name::of(code)?;
        if same && name == Name::of(&theirs[at])? {
            pair_within(code, &theirs[at])?;
            continue;
        }
        // CPython keeps equal code objects once, and with probes in them they are not equal.
        for candidate in &theirs {
            if name == Name::of(candidate)? && Content::of(code)? == Content::of(candidate)? {
                pair_within(code, candidate)?;
                break;
            }
        }
    }
    Ok(())
}

fn nested<'py>(code: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    Ok(constants.iter().filter(|constant| constant.is_instance_of::<PyCode>()).collect())
}

/// What tells a code object from its neighbours in a text.
#[derive(PartialEq)]
struct Name {
    name: String,
    line: u32,
}

impl Name {
    fn of(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self {
            name: code.getattr("co_qualname")?.extract()?,
            line: code.getattr("co_firstlineno")?.extract()?,
        })
    }
}

/// What tells it from those of the same name and line: the names and constants that it refers to.
#[derive(PartialEq)]
struct Content {
    names: Vec<Vec<String>>,
    constants: Vec<String>,
}

impl Content {
    fn of(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut names = Vec::new();
        for field in ["co_names", "co_varnames", "co_freevars", "co_cellvars"] {
            let mut found: Vec<String> = code.getattr(field)?.extract()?;
            found.sort_unstable();
            names.push(found);
        }
        let mut constants = Vec::new();
        for constant in code.getattr("co_consts")?.cast_into::<PyTuple>()?.iter() {
            let is_code = constant.is_instance_of::<PyCode>();
            // A probe's own outcome is `None`, which may be a constant of the one alone.
            if !is_code && !constant.is_none() && probe::reads_again(&constant).is_none() {
                constants.push(constant.repr()?.to_string());
            }
        }
        constants.sort_unstable();
        Ok(Self { names, constants })
    }
}
