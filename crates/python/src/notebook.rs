//! Notebook: the cells of a shell that is open, recorded one by one.

use std::ffi::OsString;

use clew_cli::{OBSERVE, complain};
use clew_cpython::{CellSettings, CompileMode};
use clew_effects::StateKey;
use clew_graph::{NodeId, SessionKind, SourceId, SourceLocation, os_text};
use clew_session::{ByOthers, CellInput, Refusal, Slicer, describe as words, words_of};
use clew_store::Store;
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyModule};

use crate::annotation_files::kept_annotations;
use crate::live::{Keeping, Live, hear_of_forks, lock, new_session};
use crate::saving::guard_store_files;
use crate::stored::place;

/// How cells are recorded, where that is not left to us.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Settings {
    store: OsString,
    annotations: bool,
    observe: f64,
    annotation_files: Vec<(String, String)>,
    fingerprints: bool,
    redact: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            store: os_text::from_text(&place()),
            annotations: true,
            observe: OBSERVE,
            annotation_files: Vec::new(),
            fingerprints: false,
            redact: false,
        }
    }
}

/// Begins to record the cells that run in a module, or a part of it where that is a script's; gives the session and
/// the store's folder, where there is one. `shell` lists objects that lead to everything without being part of any
/// value, and `before` the variables that are bound already.
#[pyfunction]
#[pyo3(signature = (module, shell, arguments, before, settings=None, is_script=false))]
pub(crate) fn begin_cells(
    module: &Bound<'_, PyModule>,
    shell: &Bound<'_, PyList>,
    arguments: Vec<String>,
    before: Vec<String>,
    settings: Option<Settings>,
    is_script: bool,
) -> PyResult<(String, Option<String>)> {
    let py = module.py();
    if clew_cpython::is_active() {
        return Err(PyRuntimeError::new_err("this process records a program already"));
    }
    let asked = settings.unwrap_or_default();
    let place = os_text::to_text(&asked.store);
    guard_store_files();
    let store = match Store::open(&place) {
        Ok(store) => Some(store),
        Err(error) => {
            complain(format_args!("{}; nothing is kept beyond this process", words(&error)));
            None
        }
    };
    let folder = store.as_ref().map(|store| store.folder().to_owned());
    let mut session = new_session(py, arguments);
    if !is_script {
        session.kind = SessionKind::Notebook;
    }
    let id = session.id.to_string();
    let kept = asked.annotations.then(|| kept_annotations(&place));
    let mut annotation_files = kept.unwrap_or_default();
    annotation_files.extend(asked.annotation_files);
    let settings = CellSettings {
        annotations: asked.annotations,
        observe: asked.observe,
        annotation_files,
        store: folder.clone(),
    };
    let handle = Live::begin(
        store,
        session,
        Keeping { fingerprints: asked.fingerprints, redact: asked.redact },
    );
    hear_of_forks(py);
    clew_cpython::begin_cells(module, shell, &settings, Box::new(handle))?;
    give(&ByOthers { bound: before, ..ByOthers::default() });
    Ok((id, folder.map(|folder| folder.display().to_string())))
}

/// A cell's text is about to run, or that of a part of a file; gives the number that its statements are compiled under.
#[pyfunction]
#[pyo3(signature = (number, text, file=None))]
pub(crate) fn begin_cell(number: u32, text: &str, file: Option<OsString>) -> PyResult<u32> {
    let place = match file {
        Some(file) => SourceLocation::File(os_text::to_text(&file)),
        None => SourceLocation::Cell(number),
    };
    let source = clew_cpython::begin_cell(place, text).map_err(PyRuntimeError::new_err)?;
    Ok(source.index())
}

/// Gives a function the code of another, of which no attribute tells all; gives the one that it had.
#[pyfunction]
pub(crate) fn adopt_code<'py>(
    known: &Bound<'py, PyAny>,
    made: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    clew_cpython::adopt_code(known, made)
}

/// Whether a program is recorded in this process.
#[pyfunction]
pub(crate) fn is_recording() -> bool {
    clew_cpython::is_active()
}

/// What is saved from now on belongs to no session that has ended.
#[pyfunction]
pub(crate) fn forget_session() {
    Live::forget();
}

/// The code object of some statements of a cell with probes in it.
#[pyfunction]
pub(crate) fn instrument_cell<'py>(
    source: u32,
    tree: &Bound<'py, PyAny>,
    original: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    mode: &str,
    flags: i32,
) -> PyResult<Bound<'py, PyAny>> {
    let mode = CompileMode { mode, flags };
    clew_cpython::instrument_cell(SourceId::new(source), tree, original, file, mode)
}

/// A part of a cell runs unrecorded; slices of what comes after it are refused.
#[pyfunction]
pub(crate) fn miss_cell(what: &str) {
    clew_cpython::missed(what);
}

/// What runs next is no statement of the program's.
#[pyfunction]
pub(crate) fn end_statement() {
    clew_cpython::end_statement();
}

/// A cell begins; gives the variables that others bound since the last one, those whose values they
/// changed, the external states that they did, and the modules of the program's own that they loaded again.
#[pyfunction]
pub(crate) fn resume_cells(
    module: &Bound<'_, PyModule>,
) -> (Vec<String>, Vec<String>, Vec<String>, Vec<String>) {
    let mut found = clew_cpython::resume(module);
    found.bound.retain(|name| !is_of_history(name));
    give(&found);
    let states = found.states.iter().map(|(key, _)| words_of(key)).collect();
    (found.bound, found.changed, states, found.loaded)
}

/// Gives the variables and external states that were changed while results were displayed, since this was last
/// asked.
#[pyfunction]
pub(crate) fn changed_while_shown() -> Vec<String> {
    Live::current().map(|live| std::mem::take(&mut lock(&live).shown)).unwrap_or_default()
}

/// The files of modules that lie with the program and are no longer as they were when they were imported.
#[pyfunction]
pub(crate) fn edited_modules() -> Vec<String> {
    clew_cpython::edited_modules()
}

/// A variable holds what no cell has bound.
#[pyfunction]
pub(crate) fn give_variable(name: String) {
    give(&ByOthers { bound: vec![name], ..ByOthers::default() });
}

/// Variables' values were changed by what is no statement of the program's.
#[pyfunction]
pub(crate) fn give_changed(names: Vec<String>) {
    give(&ByOthers { changed: names, ..ByOthers::default() });
}

/// Before the first cell: an external state, or a part of it, may have been changed before anything was recorded.
#[pyfunction]
#[pyo3(signature = (word, part=None))]
pub(crate) fn give_state(word: &str, part: Option<String>) -> PyResult<()> {
    let state = word
        .parse()
        .map_err(|()| PyValueError::new_err(format!("`{word}` is no external state")))?;
    clew_cpython::note_changed_before(StateKey { state, part });
    Ok(())
}

/// What others did to variables is recorded as theirs.
fn give(found: &ByOthers) {
    if *found == ByOthers::default() {
        return;
    }
    let Some(live) = Live::current() else { return };
    let mut live = lock(&live);
    if let Err(error) = live.journal.others(found) {
        let message = words(&error);
        live.fault(&message);
    }
}

/// Whether a shell keeps the texts of cells by this name: it binds it before every one.
fn is_of_history(name: &str) -> bool {
    let rest = name.strip_prefix("_i");
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte == b'i' || byte.is_ascii_digit()))
}

/// A cell begins within the one that runs.
#[pyfunction]
pub(crate) fn enter_cell() {
    clew_cpython::enter();
}

/// A cell has ended that ran within another: by an exception where `raised`, and by an interrupt where
/// `interrupted`.
#[pyfunction]
pub(crate) fn leave_cell(raised: bool, interrupted: bool) {
    if clew_cpython::leave(raised) {
        ended_early(interrupted);
    }
}

/// A cell has ended. What it did is written as what scripts did: a moment later, with what comes by then. What is
/// held by `holders` may change before the next one.
#[pyfunction]
pub(crate) fn pause_cells(raised: bool, interrupted: bool, holders: &Bound<'_, PyList>) {
    let py = holders.py();
    if clew_cpython::pause(py, raised, Some(holders)) {
        ended_early(interrupted);
    }
}

/// Waits until what the cells did so far is written.
#[pyfunction]
pub(crate) fn write_cells(py: Python<'_>) {
    if let Some(live) = Live::current() {
        py.detach(|| lock(&live).journal.rest());
    }
}

fn ended_early(interrupted: bool) {
    let Some(live) = Live::current() else { return };
    let mut live = lock(&live);
    if let Err(error) = live.journal.ended_early(interrupted) {
        let message = words(&error);
        live.fault(&message);
    }
}

/// A digest of a value that is made without running code of its own, where that takes not too long.
#[pyfunction]
pub(crate) fn glance(value: &Bound<'_, PyAny>) -> Option<String> {
    const STEPS: usize = 200_000;
    clew_cpython::cheap_fingerprint(value, STEPS).0.ok()
}

/// The statement at hand changed some values in ways that only its end shows.
#[pyfunction]
pub(crate) fn note_changed(values: Vec<Bound<'_, PyAny>>) {
    values.iter().for_each(clew_cpython::note_changed);
}

/// The statement at hand reads variables in ways that are not seen.
#[pyfunction]
pub(crate) fn note_read(names: Vec<String>) {
    clew_cpython::note_read(names);
}

/// The statement at hand reads or replaces what a library keeps under these names; all of it where there are none.
#[pyfunction]
pub(crate) fn note_stored(library: &str, names: Vec<String>, replaces: bool) {
    clew_cpython::note_stored(library, &names, replaces);
}

/// The statement at hand is not what its text says.
#[pyfunction]
pub(crate) fn doubt_statement() {
    clew_cpython::end_statement();
    let Some(live) = Live::current() else { return };
    let mut live = lock(&live);
    if let Err(error) = live.journal.doubt() {
        let message = words(&error);
        live.fault(&message);
    }
}

/// Ends the session; `status` is the exit status that it is kept with. Gives what went wrong with clew.
#[pyfunction]
#[pyo3(signature = (module, status="0"))]
pub(crate) fn end_cells(module: &Bound<'_, PyModule>, status: &str) -> PyResult<Vec<String>> {
    let recording = clew_cpython::end_cells(module);
    let Some(live) = Live::current().filter(|_| recording.is_some()) else { return Ok(Vec::new()) };
    let mut live = lock(&live);
    if let Err(error) = live.journal.finish(status) {
        let message = words(&error);
        live.fault(&message);
    }
    if let Some(store) = &live.store {
        store.close();
    }
    Ok(live.faults.clone())
}

/// What each cell read that another made: the cell's number, the variable, the number and the count of the
/// cell that made it as it is now, and whether that was after it was read.
#[pyfunction]
pub(crate) fn cell_inputs() -> Vec<(u32, String, u32, u32, bool)> {
    let Some(live) = Live::current() else { return Vec::new() };
    let inputs = clew_session::cell_inputs(lock(&live).journal.capture());
    let row = |input: CellInput| {
        let (source, maker) = (input.source.index(), input.maker.index());
        (source, input.name, maker, input.maker_count, input.is_changed)
    };
    inputs.into_iter().map(row).collect()
}

/// The slice of a variable as it is now, and the names that it needs and that no cell has bound.
#[pyfunction]
#[pyo3(signature = (name, value, force=false))]
pub(crate) fn slice_cells(
    name: &str,
    value: &Bound<'_, PyAny>,
    force: bool,
) -> PyResult<(String, Vec<String>)> {
    let live = Live::current().ok_or_else(|| {
        PyRuntimeError::new_err("no cells are recorded; `%load_ext clew` begins to")
    })?;
    let behind = clew_cpython::variables_behind(value);
    let live = lock(&live);
    let capture = live.journal.capture();
    let node = capture
        .variable(name)
        .ok_or_else(|| PyKeyError::new_err(format!("no recorded cell has bound `{name}`")))?;
    let others = behind.iter().filter_map(|name| capture.variable(name));
    let sinks: Vec<NodeId> = std::iter::once(node).chain(others).collect();
    let sources: Vec<_> = capture.sources().cloned().collect();
    let slicer = Slicer::new(capture.graph(), &sources)
        .map_err(|error| PyRuntimeError::new_err(words(&error)))?;
    let sliced = slicer.slice(sinks.iter().copied());
    // What is not recorded the shell names.
    let told = |reason: &Refusal| matches!(reason, Refusal::Unrecorded { .. });
    if let Some(reason) = Refusal::of(&sliced, &[]).filter(|reason| !force && !told(reason)) {
        return Err(PyRuntimeError::new_err(format!("the slice of `{name}` is refused: {reason}")));
    }
    Ok((sliced.code, sliced.unrecorded.into_iter().collect()))
}
