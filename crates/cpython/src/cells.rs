//! Cells: a program that comes in pieces, as in a notebook's kernel, each recorded while it runs. So does a part of a
//! program that asks for it.
#![allow(unsafe_code, reason = "asks functions for their code by CPython's C API")]
//!
//! The shell compiles a cell statement by statement and runs each in its own way; what is recorded is what
//! its compiler hands out with probes in it. Between cells only what was looked at before is looked at again.

use std::path::PathBuf;

use clew_effects::{Catalog, StateKey};
use clew_graph::{SourceId, SourceLocation};
use clew_heap::Lent;
use clew_probe::{
    CompileMode, OriginalsByStatement, ProgramText, forget_variables, hear_of_variables,
    instrument_part,
};
use clew_session::ByOthers;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyModule};

use crate::findings::edition;
use crate::recorder::{self, Knowledge, ProbeListener};
use crate::recording::Recording;
use crate::{audit, class_hook, environment_watch, session_files};

/// How the cells of a session are recorded.
#[derive(Clone, Debug)]
pub struct CellSettings {
    /// Whether to ask the annotations.
    pub annotations: bool,
    /// Which share of the run may be spent on looking at what calls change that nothing is known
    /// about; 0 for none.
    pub observe: f64,
    /// The user's own annotations, as file names and texts.
    pub annotation_files: Vec<(String, String)>,
    /// The store's folder, which listings of the program's do not show.
    pub store: Option<PathBuf>,
}

/// Begins to record what runs in a module; nobody listens before a cell does.
///
/// `shell` lists objects that lead to everything without being part of any value: the shell, its history.
///
/// # Errors
/// When another program is being recorded in this process.
pub fn begin_cells(
    module: &Bound<'_, PyModule>,
    shell: &Bound<'_, PyList>,
    settings: &CellSettings,
    mut recording: Box<dyn Recording>,
) -> PyResult<()> {
    let py = module.py();
    #[cfg(unix)]
    if let Some(folder) = &settings.store {
        crate::hidden_folder::hide(py, folder);
    }
    let mut catalog = Catalog::builtin();
    for (file, text) in &settings.annotation_files {
        if let Err(error) = catalog.add(file, text) {
            recording.fault(&error.to_string());
        }
    }
    let knowledge = Knowledge {
        catalog,
        annotations: settings.annotations,
        edition: edition(py, settings.annotations, &settings.annotation_files),
        observe: settings.observe,
    };
    recorder::start(recording, &module.dict(), knowledge);
    recorder::in_cells(shell);
    session_files::begin();
    Ok(())
}

/// A text is about to run; gives the id that its statements are recorded under.
///
/// # Errors
/// In words, when it cannot be read; it then runs unrecorded.
pub fn begin_cell(place: SourceLocation, text: &str) -> Result<SourceId, String> {
    recorder::with_recording(|recording| recording.begin_source(place, text))
        .unwrap_or_else(|| Err("nothing is recorded any more".to_owned()))
}

/// The code object of some statements of a cell with probes in it: `tree` is of these alone, and
/// `original` what the shell's own compiler makes of it.
///
/// # Errors
/// When that is not possible; the caller runs the original, and says so with [`missed`].
pub fn instrument_cell<'py>(
    source: SourceId,
    tree: &Bound<'py, PyAny>,
    original: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    mode: CompileMode<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let unit = recorder::with_recording(|recording| recording.unit(source)).flatten();
    let unit = unit.ok_or_else(|| {
        pyo3::exceptions::PyRuntimeError::new_err("the text of the cell is not recorded")
    })?;
    let text = ProgramText { original: Some(original), file, unit: &unit, id: source };
    instrument_part::<ProbeListener>(&text, tree, mode)
}

/// Gives a function the code of another, which no attribute shows as it is; gives the one that it had.
///
/// # Errors
/// When one of them is no function of Python's, or the codes do not fit.
pub fn adopt_code<'py>(
    known: &Bound<'py, PyAny>,
    made: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let had = code_of(known)?;
    known.setattr("__code__", code_of(made)?)?;
    Ok(had)
}

fn code_of<'py>(function: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the reference keeps the function alive, which keeps its code, and none of the program's code runs.
    let code = unsafe { Lent::of(function) }.function_code();
    let code = code.ok_or_else(|| PyTypeError::new_err("no function of Python's"))?;
    // SAFETY: as above.
    Ok(unsafe { Bound::from_borrowed_ptr(function.py(), code.as_ptr()) })
}

/// Something of the program runs unrecorded, so that what comes after it may lack it.
pub fn missed(what: &str) {
    let _ = recorder::with_recording(|recording| recording.lost(what));
}

/// From now on until [`pause`] a cell runs. Gives what others did since the last one.
pub fn resume(module: &Bound<'_, PyModule>) -> ByOthers {
    let py = module.py();
    audit::listen_between(false);
    let found = recorder::by_others();
    audit::listen(true);
    hear_of_variables(module, recorder::variables_asked);
    class_hook::listen(py, true);
    environment_watch::listen(py, true);
    found
}

/// A cell begins that the one at hand runs.
pub fn enter() {
    recorder::enter_cell();
}

/// A cell has ended that the one at hand runs, by an exception where `raised`. Whether that was a
/// statement's.
pub fn leave(raised: bool) -> bool {
    recorder::leave_cell(raised) && raised
}

/// The statement at hand changed a value in ways that only its end shows.
pub fn note_changed(value: &Bound<'_, PyAny>) {
    recorder::note_changed(value);
}

/// The statement at hand reads variables in ways that are not seen.
pub fn note_read(names: Vec<String>) {
    recorder::note_read(names);
}

/// The statement at hand reads or replaces what a library keeps under names of the program's own choice; all of
/// it where there are none.
pub fn note_stored(library: &str, names: &[String], replaces: bool) {
    recorder::note_stored(library, names, replaces);
}

/// Before the first cell: an external state may have been changed before anything was recorded. Which that is says
/// [`resume`].
pub fn note_changed_before(state: StateKey) {
    recorder::note_changed_before(state);
}

/// What runs next is no statement of the program's.
pub fn end_statement() {
    recorder::end_statement(false);
}

/// The cell has ended, by an exception where `raised`. Whether that was a statement's. What is held by `holders`
/// may change before the next one begins.
pub fn pause(py: Python<'_>, raised: bool, holders: Option<&Bound<'_, PyList>>) -> bool {
    audit::listen(false);
    forget_variables();
    class_hook::listen(py, false);
    environment_watch::listen(py, false);
    let had = recorder::is_at_statement();
    recorder::end_statement(raised);
    if let Some(holders) = holders {
        recorder::rest(holders);
        session_files::note_imported(py);
        audit::listen_between(true);
    }
    raised && had
}

/// Nothing more is recorded. The recording comes back.
pub fn end_cells(module: &Bound<'_, PyModule>) -> Option<Box<dyn Recording>> {
    let py = module.py();
    pause(py, false, None);
    environment_watch::remove(py);
    audit::listen_between(false);
    let mut recording = recorder::stop(false)?;
    recording.files(session_files::end(py));
    let _by_statement = OriginalsByStatement::begin(py);
    recording.ended(
        &mut module
            .dict()
            .iter()
            .filter_map(|(name, value)| Some((name.extract::<String>().ok()?, value))),
    );
    Some(recording)
}

/// The files of modules that lie with the program and are no longer as they were when they were imported.
pub fn edited_modules() -> Vec<String> {
    session_files::edited()
}

/// The variables that what a value holds will read, such as those of functions within it.
pub fn variables_behind(value: &Bound<'_, PyAny>) -> Vec<String> {
    recorder::variables_behind(value)
}
