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

use std::cell::{Cell, OnceCell, UnsafeCell};
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clew_heap::Address;
use clew_heap::collector::AtRest;
use clew_syntax::Unit;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyDict, PyTuple};
use rustc_hash::FxHashMap;

use super::offset_map::OffsetMap;
use crate::line_index::LineIndex;
use crate::opcode::FUTURE;
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
    /// By the address of code that announces its statements, the code of the same function that does not.
    announced: FxHashMap<Address, Address>,
}

/// Code with probes, and what its original is made of.
struct Unmade {
    running: Py<PyAny>,
    unit: Arc<Unit>,
    file: Py<PyAny>,
    /// How many statements' originals were made alone.
    made_alone: Cell<usize>,
}

/// Whether an [`OriginalsByStatement`] lives.
static BY_STATEMENT: AtomicBool = AtomicBool::new(false);

/// While it lives, the original of code that is asked for is made of the statement of the module that it stands
/// in, which is quicker where little is asked for. It has equal instructions, names and constants, but shares
/// none of its constants with the originals of other statements; so the program gets those of the whole.
pub struct OriginalsByStatement(());

impl OriginalsByStatement {
    /// From now on, until it is dropped.
    pub fn begin(_py: Python<'_>) -> Self {
        BY_STATEMENT.store(true, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for OriginalsByStatement {
    fn drop(&mut self) {
        BY_STATEMENT.store(false, Ordering::Relaxed);
    }
}

/// How many statements' originals are made alone. After that many it is quicker to compile the whole text.
const MOST_ALONE: usize = 8;

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
    known().or_else(|| match plain_of(code) {
        Some(plain) => of_announced(code, of_running(plain)?),
        None => {
            make_original(code)?;
            known()
        }
    })
}

/// The code of the same function that announces nothing.
fn plain_of(code: *mut ffi::PyObject) -> Option<*mut ffi::PyObject> {
    // SAFETY: who has a code object in hand holds the GIL, and a look-up by address calls nothing.
    let plain = unsafe { *(*PAIRS.0.get()).as_ref()?.announced.get(&(code as Address))? };
    Some(plain as *mut ffi::PyObject)
}

/// Pairs code that announces its statements with the original of the same function's other code.
fn of_announced(code: *mut ffi::PyObject, plain: &CodePair) -> Option<&'static CodePair> {
    // SAFETY: as above; both code objects are kept alive, and inserting calls nothing.
    unsafe {
        let py = Python::assume_attached();
        let pair: &'static CodePair = Box::leak(Box::new(CodePair {
            running: Bound::from_borrowed_ptr(py, code).unbind(),
            original: plain.original.clone_ref(py),
            offsets: OnceCell::new(),
        }));
        (*PAIRS.0.get()).as_mut()?.running.insert(code as Address, pair);
        Some(pair)
    }
}

/// Remembers that a code object, which announces its statements, is of the same function as another, and so
/// are those nested in it. Both are kept alive for good.
pub(crate) fn announces(code: &Bound<'_, PyAny>, plain: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: the references say that the GIL is held, and inserting calls nothing.
    unsafe {
        let tables = (*PAIRS.0.get()).get_or_insert_default();
        tables.announced.insert(code.as_ptr() as Address, plain.as_ptr() as Address);
    }
    for (code, plain) in nested(code)?.iter().zip(&nested(plain)?) {
        if Name::of(code)? == Name::of(plain)? {
            announces(code, plain)?;
        }
    }
    Ok(())
}

/// Makes the original of what code with probes is part of, if that has yet to be done: of the statement of the
/// module that it stands in, or of the whole.
fn make_original(code: *mut ffi::PyObject) -> Option<()> {
    // SAFETY: who has a code object in hand holds the GIL, and nothing here calls back.
    let unmade = unsafe { *(*PAIRS.0.get()).as_ref()?.unmade.get(&(code as Address))? };
    // SAFETY: as above; the code object is alive.
    let (py, code) = unsafe {
        let py = Python::assume_attached();
        (py, Bound::from_borrowed_ptr(py, code))
    };
    let _resting = AtRest::while_making(py);
    // Who asks may do so on the way to handling an exception.
    let raised = PyErr::take(py);
    let paired = match alone(unmade, &code).unwrap_or(None) {
        Some(()) => Ok(()),
        None => {
            // Where it cannot be made it is not tried again.
            forget(|known| std::ptr::eq(known, unmade));
            whole(py, unmade)
        }
    };
    if let Some(raised) = raised {
        raised.restore(py);
    }
    paired.ok()
}

/// Has the originals of some code not made any more.
fn forget(is_meant: impl Fn(&'static Unmade) -> bool) {
    // SAFETY: called by `make_original` alone, under the GIL, and nothing here calls back.
    if let Some(tables) = unsafe { (*PAIRS.0.get()).as_mut() } {
        tables.unmade.retain(|_, known| !is_meant(known));
    }
}

/// Pairs code with the original of the whole text. What was paired already stays.
fn whole(py: Python<'_>, unmade: &Unmade) -> PyResult<()> {
    let original = compiled(py, unmade, unmade.unit.text().to_owned(), 0)?;
    pair(unmade.running.bind(py), &with_known(unmade.running.bind(py), original)?)
}

/// Pairs the code of one statement of the module with its original; `None` where it is not known which
/// statement that is, or where many were made alone.
fn alone(unmade: &Unmade, code: &Bound<'_, PyAny>) -> PyResult<Option<()>> {
    let (unit, running) = (&unmade.unit, unmade.running.bind(code.py()));
    let is_meant = BY_STATEMENT.load(Ordering::Relaxed);
    if !is_meant || unmade.made_alone.get() == MOST_ALONE || code.is(running) {
        return Ok(None);
    }
    unmade.made_alone.set(unmade.made_alone.get() + 1);
    let line: usize = code.getattr("co_firstlineno")?.extract()?;
    let lines = LineIndex::new(unit.text());
    let at = unit.top().partition_point(|&id| lines.line_of(unit.statement(id).range.start) < line);
    let Some(at) = at.checked_sub(1) else { return Ok(None) };
    let range = unit.statement(unit.top()[at]).range;
    // Nothing else of the module begins on one of its lines.
    let (first, last) = (lines.line_of(range.start), lines.line_of(range.end));
    let begins = |at: usize| unit.top().get(at).map(|&id| unit.statement(id).range.start);
    if !lines.begins_at(range.start)
        || begins(at + 1).is_some_and(|next| lines.line_of(next) <= last)
    {
        return Ok(None);
    }
    let text = format!("{}{}", "\n".repeat(first), range.of(unit.text()));
    let flags: i32 = code.getattr("co_flags")?.extract()?;
    let original = compiled(code.py(), unmade, text, flags & FUTURE)?;
    let theirs = nested(&original)?;
    let mut ours = nested(running)?;
    ours.retain(|code| {
        let line = code.getattr("co_firstlineno").and_then(|line| line.extract::<usize>());
        line.is_ok_and(|line| (first + 1..=last + 1).contains(&line))
    });
    if ours.len() != theirs.len() {
        return Ok(None);
    }
    for (code, original) in ours.iter().zip(&theirs) {
        if Name::of(code)? != Name::of(original)? {
            return Ok(None);
        }
        pair(code, original)?;
    }
    // SAFETY: a look-up by address, under the GIL, that calls nothing.
    let is_paired = unsafe {
        (*PAIRS.0.get())
            .as_ref()
            .is_some_and(|all| all.running.contains_key(&(code.as_ptr() as Address)))
    };
    Ok(is_paired.then_some(()))
}

/// An original of a whole text with those nested in it that are paired already.
fn with_known<'py>(
    running: &Bound<'py, PyAny>,
    original: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let known = |code: &Bound<'py, PyAny>| {
        // SAFETY: a look-up by address, under the GIL, that calls nothing.
        unsafe { (*PAIRS.0.get()).as_ref()?.running.get(&(code.as_ptr() as Address)).copied() }
    };
    let ours = nested(running)?;
    if ours.iter().all(|code| known(code).is_none()) {
        return Ok(original);
    }
    let py = running.py();
    let mut constants: Vec<_> =
        original.getattr("co_consts")?.cast_into::<PyTuple>()?.iter().collect();
    let codes = constants.iter_mut().filter(|constant| constant.is_instance_of::<PyCode>());
    for (code, constant) in ours.iter().zip(codes) {
        if let Some(pair) = known(code)
            && Name::of(code)? == Name::of(constant)?
        {
            *constant = pair.original.bind(py).clone();
        }
    }
    let changed = PyDict::new(py);
    changed.set_item("co_consts", PyTuple::new(py, constants)?)?;
    original.call_method("replace", (), Some(&changed))
}

/// What CPython makes of a text. It has compiled it before, with probes, and warned of nothing.
fn compiled<'py>(
    py: Python<'py>,
    unmade: &Unmade,
    text: String,
    flags: i32,
) -> PyResult<Bound<'py, PyAny>> {
    /// `PyCF_SOURCE_IS_UTF8`
    const IS_UTF8: i32 = 0x100;
    /// `PyCF_IGNORE_COOKIE`: the text is decoded already, whatever it declares.
    const IGNORE_COOKIE: i32 = 0x200;
    let text = CString::new(text)?;
    let _deeper = DeeperRecursion::allow(py);
    let mut flags = ffi::PyCompilerFlags {
        cf_flags: IS_UTF8 | IGNORE_COOKIE | flags,
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
        made_alone: Cell::new(0),
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
        if tables.running.contains_key(&(running.as_ptr() as Address)) {
            return Ok(());
        }
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
