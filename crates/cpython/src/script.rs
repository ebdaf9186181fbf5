//! Script: a program run as Python itself would run it, with a recorder listening.
#![allow(unsafe_code, reason = "reports exceptions through CPython's C API")]

use std::sync::{Arc, Mutex, PoisonError};

use clew_probe::BareStack;
use clew_session::Program;
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::main_module::MainModule;
use crate::recording::Recording;
use crate::run_module::{self, Wanted};
use crate::run_record::RunRecord;
use crate::run_settings::RunSettings;

/// How a program ended.
#[derive(Debug)]
pub enum Ended {
    /// By itself.
    Normally,
    /// By an exception that was reported as Python reports it; the exit code is 1.
    Raised,
    /// By something that the interpreter itself must see: `SystemExit` or Ctrl-C.
    Left(PyErr),
}

/// Runs a program as `__main__` and records it.
///
/// # Errors
/// Only clew's own: that there is no such program to run. What the program raises is an [`Ended`].
pub fn run(
    py: Python<'_>,
    settings: &RunSettings,
    recording: Box<dyn Recording>,
) -> PyResult<(Ended, Box<dyn Recording>)> {
    #[cfg(unix)]
    if let Some(folder) = &settings.store {
        crate::hidden_folder::hide(py, folder);
    }
    let record = Arc::new(Mutex::new(RunRecord::new(settings.clone(), recording)));
    let lock = || record.lock().unwrap_or_else(PoisonError::into_inner);
    let arguments = &settings.arguments;
    let main = match &settings.program {
        Program::File(path) => Some(MainModule::of_file(py, path, arguments)?),
        Program::Text(text) => Some(MainModule::of_text(py, text, arguments)?),
        Program::Input(text) => Some(MainModule::of_input(py, text, arguments)?),
        Program::Folder(_) | Program::Module(_) => None,
    };
    let outcome = match (&main, &settings.program) {
        (Some(main), _) => {
            let code = lock().begin(py, main);
            let _bare = BareStack::hide_frames(py);
            main.execute(py, code.as_ref())
        }
        (None, Program::Folder(path)) => {
            run_module::run(py, Wanted::Folder(path), arguments, &record)?
        }
        (None, program) => run_module::run(py, Wanted::Module(program.name()), arguments, &record)?,
    };
    flush(py);
    let recording = lock().end(py, outcome.is_err());
    let ended = ended(py, outcome);
    if let Some(main) = main {
        main.forget_file();
    }
    Ok((ended, recording))
}

/// Says how a program ended, and reports what it raised.
fn ended(py: Python<'_>, outcome: PyResult<()>) -> Ended {
    let Err(error) = outcome else { return Ended::Normally };
    let inspects = py
        .import("sys")
        .and_then(|sys| sys.getattr("flags")?.getattr("inspect")?.is_truthy())
        .unwrap_or(false);
    // Before statements are asked for (`-i`) every exception is only reported.
    if error.is_instance_of::<PySystemExit>(py) && !inspects {
        return Ended::Left(error);
    }
    let interrupted = error.is_instance_of::<PyKeyboardInterrupt>(py);
    report(py, error);
    if interrupted && !inspects {
        return Ended::Left(PyKeyboardInterrupt::new_err(()));
    }
    Ended::Raised
}

/// Reports an exception as the interpreter does at the end of a script: by `sys.excepthook`.
fn report(py: Python<'_>, error: PyErr) {
    error.restore(py);
    // SAFETY: an exception is set, and the GIL is held.
    unsafe { ffi::PyErr_PrintEx(1) };
}

/// What the interpreter does after a script: errors in flushing are of no interest.
fn flush(py: Python<'_>) {
    let Ok(sys) = py.import("sys") else { return };
    for stream in ["stderr", "stdout"] {
        if let Ok(stream) = sys.getattr(stream) {
            let _ = stream.call_method0("flush");
        }
    }
}
