//! Terminal: the `clew` command inside the interpreter that runs the program.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;

use clew_cli::{
    CommandError, Interpreter, NotebookRequest, RunRequest, Started, complain, main_with,
};
use clew_cpython::{Ended, RunSettings, run};
use clew_graph::os_text;
use clew_session::describe;
use clew_store::Store;
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::prelude::*;

use crate::annotation_files::annotation_files;
use crate::live::{Keeping, Live, hear_of_forks, lock, new_session};
use crate::notebook_run::run_notebook;
use crate::saving::guard_store_files;

/// Runs the `clew` command and gives its exit code.
///
/// What must reach the interpreter itself, `SystemExit` and Ctrl-C of the program, is raised.
#[pyfunction]
pub(crate) fn main(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    let arguments: Vec<String> = arguments.iter().map(|word| os_text::to_text(word)).collect();
    let inside = Inside { left: RefCell::new(None), python: interpreter(py) };
    let code = main_with(&arguments, &inside);
    match inside.left.into_inner() {
        Some(error) => Err(error),
        None => Ok(code),
    }
}

fn interpreter(py: Python<'_>) -> PathBuf {
    py.import("sys")
        .and_then(|sys| sys.getattr("executable"))
        .and_then(|executable| executable.extract::<PathBuf>())
        .unwrap_or_else(|_| PathBuf::from("python3"))
}

/// The interpreter that we live in.
struct Inside {
    left: RefCell<Option<PyErr>>,
    python: PathBuf,
}

impl Interpreter for Inside {
    fn run(&self, request: &RunRequest) -> Result<Started, CommandError> {
        Python::attach(|py| self.run_here(py, request))
    }

    fn run_notebook(&self, request: &NotebookRequest) -> Result<Started, CommandError> {
        Python::attach(|py| run_notebook(py, request))
    }

    fn python(&self) -> PathBuf {
        self.python.clone()
    }

    fn forget_interrupt(&self) {
        Python::attach(|py| drop(py.check_signals()));
    }

    fn is_interrupted(&self) -> bool {
        Python::attach(|py| match py.check_signals() {
            Ok(()) => false,
            Err(error) => {
                let _ = silence(py);
                *self.left.borrow_mut() = Some(error);
                true
            }
        })
    }
}

impl Inside {
    fn run_here(&self, py: Python<'_>, request: &RunRequest) -> Result<Started, CommandError> {
        let recording = &request.recording;
        guard_store_files();
        // A fork by the program runs what it registers for forks before this.
        hear_of_forks(py);
        let store = match Store::open(&recording.store) {
            Ok(store) => Some(store),
            Err(error) if recording.store_named => return Err(error.into()),
            Err(error) => {
                complain(format_args!("{}; the program runs unrecorded", describe(&error)));
                None
            }
        };
        let annotation_files = annotation_files(recording)?;
        let mut arguments = vec![request.program.name().to_owned()];
        arguments.extend(request.arguments.iter().cloned());
        let folder = store.as_ref().map(|store| store.folder().to_owned());
        let handle = Live::begin(
            store,
            new_session(py, arguments),
            Keeping { fingerprints: recording.fingerprints, redact: recording.redact },
        );
        let live = std::sync::Arc::clone(&handle.live);
        let process = std::process::id();
        let settings = RunSettings {
            program: request.program.clone(),
            arguments: request.arguments.clone(),
            annotations: recording.annotations,
            observe: recording.observe,
            annotation_files,
            store: folder,
        };
        let (ended, _recording) = run(py, &settings, Box::new(handle))
            .map_err(|error| CommandError::Python(error.value(py).to_string()))?;
        let (code, status) = match &ended {
            Ended::Normally => (0, "0".to_owned()),
            Ended::Raised => (1, "1".to_owned()),
            Ended::Left(error) => (1, status_of(py, error)),
        };
        if let Ended::Left(error) = ended {
            if error.is_instance_of::<PyKeyboardInterrupt>(py) {
                // It was reported; raising it again makes the interpreter end as by Ctrl-C.
                let _ = silence(py);
            }
            *self.left.borrow_mut() = Some(error);
        }
        if process != std::process::id() {
            return Ok(Started { code, session: None });
        }
        let mut live = lock(&live);
        report(&live);
        let recorded = live.store.is_some();
        if let Err(error) = live.journal.finish(&status) {
            let message = describe(&error);
            live.fault(&message);
        }
        if let Some(store) = &live.store {
            store.close();
        }
        let session = recorded.then(|| live.journal.session().id.to_string());
        if recording.strict && !live.faults.is_empty() {
            return Err(CommandError::Python(format!(
                "could not follow everything: {}",
                live.faults.join("; ")
            )));
        }
        Ok(Started { code, session })
    }
}

fn status_of(py: Python<'_>, error: &PyErr) -> String {
    if error.is_instance_of::<PySystemExit>(py) {
        return error
            .value(py)
            .getattr("code")
            .map(|code| match code.extract::<i64>() {
                Ok(code) => code.to_string(),
                Err(_) if code.is_none() => "0".to_owned(),
                // A message; what is no string is left to the interpreter to print.
                Err(_) => "1".to_owned(),
            })
            .unwrap_or_default();
    }
    "interrupted".to_owned()
}

fn silence(py: Python<'_>) -> PyResult<()> {
    let quiet = py.import("clew._quiet")?.getattr("excepthook")?;
    py.import("sys")?.setattr("excepthook", quiet)
}

/// Writes how much was recorded to the file that `CLEW_REPORT` names, for `cargo xtask conform`.
fn report(live: &Live) {
    let Some(path) = std::env::var_os("CLEW_REPORT") else { return };
    let capture = live.journal.capture();
    let text =
        format!("{{\"nodes\": {}, \"unknown\": {}}}\n", capture.graph().len(), live.faults.len());
    let _ = std::fs::write(path, text);
}
