//! Script: a program run as Python itself would run it, with a recorder listening.
#![allow(unsafe_code, reason = "reports exceptions through CPython's C API")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clew_effects::Catalog;
use clew_graph::{SourceId, SourceLocation};
use clew_heap::collector::AtRest;
use clew_probe::{
    BareStack, OriginalsByStatement, ProgramText, forget_variables, hear_of_variables, instrument,
};
use clew_session::{Deferred, Outcome, Program};
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::findings::{Findings, edition};
use crate::main_module::{MainModule, Unrecorded};
use crate::recorder::{self, ProbeListener};
use crate::recording::Recording;
use crate::run_module::{self, Begin, Wanted};
use crate::run_settings::RunSettings;
use crate::{audit, class_hook, environment_watch, forked, session_files, unfollowed};

/// From how many bytes on it matters what was needed to read a text.
const LONG_TEXT: usize = 1 << 18;

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
    let begin: Begin = {
        let record = Arc::clone(&record);
        Box::new(move |main| lock(&record).begin(main.module.py(), main))
    };
    let arguments = &settings.arguments;
    let main = match &settings.program {
        Program::File(path) => Some(MainModule::of_file(py, path, arguments)?),
        Program::Text(text) => Some(MainModule::of_text(py, text, arguments)?),
        Program::Input(text) => Some(MainModule::of_input(py, text, arguments)?),
        Program::Folder(_) | Program::Module(_) => None,
    };
    let outcome = match (&main, &settings.program) {
        (Some(main), _) => {
            let code = begin(main);
            let _bare = BareStack::hide_frames(py);
            main.execute(py, code.as_ref())
        }
        (None, Program::Folder(path)) => {
            run_module::run(py, Wanted::Folder(path), arguments, begin)?
        }
        (None, program) => run_module::run(py, Wanted::Module(program.name()), arguments, begin)?,
    };
    flush(py);
    let recording = lock(&record).end(py, outcome.is_err());
    let ended = ended(py, outcome);
    if let Some(main) = main {
        main.forget_file();
    }
    Ok((ended, recording))
}

/// The recording of one run, from before its program is found to after it has ended.
struct RunRecord {
    settings: RunSettings,
    /// Away while the recorder has it.
    recording: Option<Box<dyn Recording>>,
    /// The program's variables, once it was found.
    namespace: Option<Py<PyDict>>,
    recorded: bool,
}

impl RunRecord {
    fn new(settings: RunSettings, recording: Box<dyn Recording>) -> Self {
        Self { settings, recording: Some(recording), namespace: None, recorded: false }
    }

    /// The program was found. Gives its code with probes in it, and listens from now on; `None` where it
    /// runs unrecorded.
    fn begin(&mut self, py: Python<'_>, main: &MainModule<'_>) -> Option<Py<PyAny>> {
        let namespace = main.module.dict();
        self.namespace = Some(namespace.clone().unbind());
        let recording = self.recording.as_mut()?;
        let code = match instrumented(main, recording.as_mut()) {
            Ok(code) => code,
            Err(Unrecorded::Fault(message)) => {
                recording.fault(&message);
                return None;
            }
            Err(Unrecorded::NotPython) => return None,
        };
        let mut catalog = Catalog::builtin();
        for (file, text) in &self.settings.annotation_files {
            if let Err(error) = catalog.add(file, text) {
                recording.fault(&error.to_string());
            }
        }
        let knowledge = recorder::Knowledge {
            catalog,
            annotations: self.settings.annotations,
            edition: edition(py, self.settings.annotations, &self.settings.annotation_files),
            observe: self.settings.observe,
        };
        recorder::start(self.recording.take()?, &namespace, knowledge);
        session_files::begin();
        if let Some(file) = main.source_file() {
            unfollowed::begin(py, self.settings.program.name(), file);
        }
        audit::listen(true);
        hear_of_variables(&main.module, recorder::variables_asked);
        class_hook::listen(py, true);
        environment_watch::listen(py, true);
        self.recorded = true;
        Some(code)
    }

    /// The program has ended. Gives the recording back.
    fn end(&mut self, py: Python<'_>, raised: bool) -> Box<dyn Recording> {
        if self.recorded {
            audit::listen(false);
            forget_variables();
            class_hook::listen(py, false);
            environment_watch::listen(py, false);
            self.recording = recorder::stop(raised);
            forked::tell_if_left();
        }
        let unfollowed = unfollowed::end();
        let mut recording = self.recording.take().unwrap_or_else(|| Box::new(Nowhere));
        recording.files(session_files::end(py));
        if let Some(what) = unfollowed {
            recording.unfollowed(&what);
        }
        let namespace = self.namespace.as_ref().map(|namespace| namespace.bind(py));
        let variables = namespace.into_iter().flat_map(|namespace| namespace.iter());
        let _by_statement = OriginalsByStatement::begin(py);
        recording.ended(
            &mut variables
                .filter_map(|(name, value)| Some((name.extract::<String>().ok()?, value))),
        );
        recording
    }
}

/// The program's code with probes in it.
fn instrumented<'py>(
    main: &MainModule<'py>,
    recording: &mut dyn Recording,
) -> Result<Py<PyAny>, Unrecorded> {
    let py = main.module.py();
    let _resting = AtRest::while_making(py);
    let (text, source) = main.decoded(py)?;
    // Where the import system has compiled it, that is what the program sees.
    let found = main.is_compiled().then(|| main.original(py, &source)).transpose()?;
    let id = match recording.begin_source(main.location.clone(), &text) {
        Ok(id) => id,
        Err(reason) => {
            // It may be no Python at all, which running it says.
            main.original(py, &source)?;
            return Err(Unrecorded::Fault(format!("cannot read the program: {reason}")));
        }
    };
    let long = text.len() > LONG_TEXT;
    drop(text);
    if long {
        give_back_memory();
    }
    let unit = recording
        .unit(id)
        .ok_or_else(|| Unrecorded::Fault("the program's text is gone".to_owned()))?;
    let instrumented = |original: Option<&Bound<'py, PyAny>>| {
        let text = ProgramText { original, file: &main.file_name, unit: &unit, id };
        instrument::<ProbeListener>(&text)
    };
    // Hardly a program asks for the code that CPython makes of its text, and to make it costs as much
    // as with probes. But what CPython has to say of the text it says of that.
    if found.is_none()
        && let Ok(code) = instrumented(None)
    {
        return Ok(code.unbind());
    }
    let original = found.map_or_else(|| main.original(py, &source), Ok)?;
    let code = instrumented(Some(&original));
    let fault = |error: PyErr| Unrecorded::Fault(format!("cannot instrument: {error}"));
    Ok(code.map_err(fault)?.unbind())
}

/// Gives memory back to the system that was needed for a while. CPython keeps its objects elsewhere and
/// would not use it.
fn give_back_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it only looks at memory that nobody has.
    unsafe {
        libc::malloc_trim(0);
    }
}

fn lock(record: &Mutex<RunRecord>) -> MutexGuard<'_, RunRecord> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Takes the place of a recording that is gone.
struct Nowhere;

impl Findings for Nowhere {}

impl Recording for Nowhere {
    fn begin_source(&mut self, _: SourceLocation, _: &str) -> Result<SourceId, String> {
        Ok(SourceId::new(0))
    }

    fn unit(&self, _: SourceId) -> Option<std::sync::Arc<clew_syntax::Unit>> {
        None
    }

    fn record(&mut self, _: &Outcome) -> Result<(), String> {
        Ok(())
    }

    fn deferred(&mut self, _: &[Deferred]) {}

    fn fault(&mut self, _: &str) {}

    fn ended(&mut self, _: &mut dyn Iterator<Item = (String, Bound<'_, PyAny>)>) {}
}
