//! Notebook: the cells of a shell that is open, recorded one by one.

use std::ffi::OsString;

use clew_cli::{OBSERVE, complain};
use clew_cpython::{CellSettings, CompileMode};
use clew_graph::{NodeId, SessionKind, SourceId, os_text};
use clew_session::{CellInput, Refusal, Slicer, describe as words};
use clew_store::Store;
use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyModule};

use crate::annotation_files::kept_annotations;
use crate::live::{Live, hear_of_forks, lock, new_session};
use crate::saving::{guard_store_files, place};

/// How cells are recorded, where that is not left to us.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Settings {
    store: OsString,
    annotations: bool,
    observe: f64,
    annotation_files: Vec<(String, String)>,
    fingerprints: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            store: os_text::from_text(&place()),
            annotations: true,
            observe: OBSERVE,
            annotation_files: Vec::new(),
            fingerprints: false,
        }
    }
}

/// Begins to record the cells that run in a module; gives the session and the store's folder, where there
/// is one. `shell` lists objects that lead to everything without being part of any value.
#[pyfunction]
#[pyo3(signature = (module, shell, arguments, settings=None))]
pub(crate) fn begin_cells(
    module: &Bound<'_, PyModule>,
    shell: &Bound<'_, PyList>,
    arguments: Vec<String>,
    settings: Option<Settings>,
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
            complain(format_args!("{}; nothing is kept beyond this kernel", words(&error)));
            None
        }
    };
    let folder = store.as_ref().map(|store| store.folder().to_owned());
    let mut session = new_session(py, arguments);
    session.kind = SessionKind::Notebook;
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
    let handle = Live::begin(store, session, asked.fingerprints);
    hear_of_forks(py);
    clew_cpython::begin_cells(module, shell, &settings, Box::new(handle))?;
    Ok((id, folder.map(|folder| folder.display().to_string())))
}

/// A cell's text is about to run; gives the number that its statements are compiled under.
#[pyfunction]
pub(crate) fn begin_cell(number: u32, text: &str) -> PyResult<u32> {
    let source = clew_cpython::begin_cell(number, text).map_err(PyRuntimeError::new_err)?;
    Ok(source.index())
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

/// A cell begins; gives the variables that were bound by others since the last one.
#[pyfunction]
pub(crate) fn resume_cells(module: &Bound<'_, PyModule>) -> Vec<String> {
    let names = clew_cpython::resume(module);
    if let Some(live) = Live::current() {
        lock(&live).journal.forget(&names);
    }
    names
}

/// A cell has ended; what it did is written.
#[pyfunction]
pub(crate) fn pause_cells(py: Python<'_>, raised: bool) {
    clew_cpython::pause(py, raised);
    if let Some(live) = Live::current() {
        py.detach(|| lock(&live).journal.rest());
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
    if let Some(reason) = Refusal::of(&sliced, &[]).filter(|_| !force) {
        return Err(PyRuntimeError::new_err(format!("the slice of `{name}` is refused: {reason}")));
    }
    let before = slicer.names_from_before(sinks).into_iter().collect();
    Ok((sliced.code, before))
}
