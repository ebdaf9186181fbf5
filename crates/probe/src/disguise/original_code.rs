//! Original code: which code object CPython compiled from the same text without probes.
//!
//! The program runs the code with probes and sees the original, wherever it can get hold of a code
//! object or of an offset in one ([`code_attributes`], [`trace_events`]): what is pickled, marshalled,
//! copied to another process or disassembled is the user's own. Hardly a program asks, so the original is
//! made when one does, unless it was there before; and where an instruction of the one is in the other
//! ([`offset_map`]) is worked out then, too.
//!
//! [`code_attributes`]: super::code_attributes
//! [`trace_events`]: super::trace_events
//! [`offset_map`]: super::offset_map
#![allow(unsafe_code, reason = "keeps a table that CPython's getters read")]

use std::cell::{OnceCell, UnsafeCell};
use std::ffi::CString;
use std::sync::Arc;

use clew_heap::Address;
use clew_heap::collector::AtRest;
use clew_syntax::Unit;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyTuple};
use rustc_hash::FxHashMap;

use super::offset_map::OffsetMap;
use crate::probe;
use crate::thread_state::DeeperRecursion;

struct Pairs(UnsafeCell<Option<Tables>>);

// SAFETY: only touched under the GIL, by functions that do not call back while they hold it.
unsafe impl Sync for Pairs {}

static PAIRS: Pairs = Pairs(UnsafeCell::new(None));

/// Pairs live as long as the process: the code may run until then.
#[derive(Default)]
struct Tables {
    /// By the address of code with probes whose original has yet to be made.
    unmade: FxHashMap<Address, &'static Unmade>,
    /// By the address of the code with probes.
    running: FxHashMap<Address, &'static CodePair>,
    /// By the address of the original.
    original: FxHashMap<Address, &'static CodePair>,
}

/// Code with probes, and what its original is made of.
struct Unmade {
    running: Py<PyAny>,
    unit: Arc<Unit>,
    file: Py<PyAny>,
}

/// A code object with probes and its original. Both are kept alive.
pub(crate) struct CodePair {
    running: Py<PyAny>,
    original: Py<PyAny>,
    offsets: OnceCell<Option<OffsetMap>>,
}

impl CodePair {
    /// The code object with probes, borrowed.
    #[cfg_attr(not(Py_3_12), expect(dead_code, reason = "asked for by `sys.monitoring` alone"))]
    pub(crate) fn running(&self) -> *mut ffi::PyObject {
        self.running.as_ptr()
    }

    /// The original, borrowed.
    pub(crate) fn original(&self) -> *mut ffi::PyObject {
        self.original.as_ptr()
    }

    /// Where the instructions of the one are in the other; `None` where that is not known.
    pub(crate) fn offsets(&self, py: Python<'_>) -> Option<&OffsetMap> {
        if self.offsets.get().is_none() {
            // A collection may come between and run a finalizer that asks for the same.
            let offsets = OffsetMap::between(self.running.bind(py), self.original.bind(py)).ok();
            let _ = self.offsets.set(offsets);
        }
        self.offsets.get()?.as_ref()
    }
}

/// The pair that a code object with probes is of.
pub(crate) fn of_running(code: *mut ffi::PyObject) -> Option<&'static CodePair> {
    // SAFETY: who has a code object in hand holds the GIL, and a look-up by address calls nothing.
    let known = || unsafe { (*PAIRS.0.get()).as_ref()?.running.get(&(code as Address)).copied() };
    known().or_else(|| {
        make_original(code)?;
        known()
    })
}

/// Makes the original of what code with probes is part of, if that has yet to be done.
fn make_original(code: *mut ffi::PyObject) -> Option<()> {
    // SAFETY: who has a code object in hand holds the GIL, and nothing here calls back.
    let unmade = unsafe {
        let tables = (*PAIRS.0.get()).as_mut()?;
        let unmade = *tables.unmade.get(&(code as Address))?;
        // Where it cannot be made it is not tried again.
        tables.unmade.retain(|_, known| !std::ptr::eq(*known, unmade));
        unmade
    };
    // SAFETY: as above.
    let py = unsafe { Python::assume_attached() };
    let _resting = AtRest::while_making(py);
    // Who asks may do so on the way to handling an exception.
    let raised = PyErr::take(py);
    let original = compiled(py, unmade);
    let paired = original.and_then(|original| pair(unmade.running.bind(py), &original));
    if let Some(raised) = raised {
        raised.restore(py);
    }
    paired.ok()
}

/// What CPython makes of the text. It has compiled it before, with probes, and warned of nothing.
fn compiled<'py>(py: Python<'py>, unmade: &Unmade) -> PyResult<Bound<'py, PyAny>> {
    /// `PyCF_SOURCE_IS_UTF8`
    const IS_UTF8: i32 = 0x100;
    /// `PyCF_IGNORE_COOKIE`: the text is decoded already, whatever it declares.
    const IGNORE_COOKIE: i32 = 0x200;
    let text = CString::new(unmade.unit.text())?;
    let _deeper = DeeperRecursion::allow(py);
    let mut flags = ffi::PyCompilerFlags {
        cf_flags: IS_UTF8 | IGNORE_COOKIE,
        cf_feature_version: py.version_info().minor.into(),
    };
    // SAFETY: the GIL is held, the text ends with a zero and outlives the call, and the result is a new
    // reference or null with an exception set. No audit event tells the program of it.
    unsafe {
        Bound::from_owned_ptr_or_err(
            py,
            ffi::Py_CompileStringObject(
                text.as_ptr(),
                unmade.file.as_ptr(),
                ffi::Py_file_input,
                &mut flags,
                -1,
            ),
        )
    }
}

/// Remembers of what the original of an instrumented code object is made, and of those nested in it.
pub(crate) fn make_later(
    running: &Bound<'_, PyAny>,
    unit: &Arc<Unit>,
    file: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let unmade: &'static Unmade = Box::leak(Box::new(Unmade {
        running: running.clone().unbind(),
        unit: Arc::clone(unit),
        file: file.clone().unbind(),
    }));
    let mut open = vec![running.clone()];
    while let Some(code) = open.pop() {
        open.extend(nested(&code)?);
        // SAFETY: the references say that the GIL is held, and inserting calls nothing.
        unsafe {
            let tables = (*PAIRS.0.get()).get_or_insert_default();
            tables.unmade.insert(code.as_ptr() as Address, unmade);
        }
    }
    Ok(())
}

/// The pair that an original is of.
#[cfg_attr(not(Py_3_12), expect(dead_code, reason = "asked for by `sys.monitoring` alone"))]
pub(crate) fn of_original(code: *mut ffi::PyObject) -> Option<&'static CodePair> {
    // SAFETY: who asks for the pair of an original holds the GIL, and a look-up by address calls nothing.
    unsafe { (*PAIRS.0.get()).as_ref()?.original.get(&(code as Address)).copied() }
}

/// Pairs an instrumented code object with its original, and those nested in them.
pub(crate) fn pair(running: &Bound<'_, PyAny>, original: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the references say that the GIL is held, inserting calls nothing, and what is leaked is kept
    // for good.
    unsafe {
        let tables = (*PAIRS.0.get()).get_or_insert_default();
        let pair: &'static CodePair = Box::leak(Box::new(CodePair {
            running: running.clone().unbind(),
            original: original.clone().unbind(),
            offsets: OnceCell::new(),
        }));
        tables.running.insert(running.as_ptr() as Address, pair);
        tables.original.insert(original.as_ptr() as Address, pair);
    }
    let (ours, theirs) = (nested(running)?, nested(original)?);
    let same = ours.len() == theirs.len();
    for (at, code) in ours.iter().enumerate() {
        let name = Name::of(code)?;
        if same && name == Name::of(&theirs[at])? {
            pair(code, &theirs[at])?;
            continue;
        }
        // CPython keeps equal code objects once, and with probes in them they are not equal.
        for candidate in &theirs {
            if name == Name::of(candidate)? && CodeContent::of(code)? == CodeContent::of(candidate)?
            {
                pair(code, candidate)?;
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

/// What distinguishes a code object from its neighbours in a text.
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

/// What distinguishes it from those of the same name and line: the names and constants that it refers to.
#[derive(PartialEq)]
struct CodeContent {
    names: Vec<Vec<String>>,
    constants: Vec<String>,
}

impl CodeContent {
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
