//! Script: a program run as Python itself would run it, with a recorder listening.
#![allow(unsafe_code, reason = "runs code objects and ends programs through CPython's C API")]

use std::ffi::CString;
use std::path::Path;

use clew_effects::Catalog;
use clew_graph::{SourceId, SourceLocation};
use clew_probe::{
    BareStack, ProgramText, WarningAction, compile, forget_variables, hear_of_variables,
    instrument, with_warnings,
};
use clew_session::{Deferred, Outcome, Program};
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyModule, PyString};
use xxhash_rust::xxh3::Xxh3;

use crate::audit;
use crate::class_hook;
use crate::findings::Findings;
use crate::forked;
use crate::recorder::{self, ProbeListener};
use crate::recording::Recording;
use crate::session_files;

/// How to run it.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// What to run.
    pub program: Program,
    /// The arguments after it.
    pub arguments: Vec<String>,
    /// Whether to ask the annotations.
    pub annotations: bool,
    /// Which share of the run may be spent on looking at what calls change that nothing is known
    /// about; 0 for none.
    pub observe: f64,
    /// The user's own annotations, as file names and texts.
    pub annotation_files: Vec<(String, String)>,
    /// The store's folder, which listings of the program's do not show.
    pub store: Option<std::path::PathBuf>,
}

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

/// What answers about callables hang on beside the callables: this version of clew and of Python, and the
/// rules.
pub(crate) fn edition(
    py: Python<'_>,
    annotations: bool,
    annotation_files: &[(String, String)],
) -> String {
    let mut rules = Xxh3::new();
    if annotations {
        let own = annotation_files.iter().map(|(_, text)| text.as_str());
        let builtin = Catalog::builtin_texts().map(|text| -> &str { text });
        for text in builtin.chain(own) {
            rules.update(&text.len().to_le_bytes());
            rules.update(text.as_bytes());
        }
    }
    let python = py.version_info();
    format!(
        "clew {} python {}.{}.{} rules {:016x}",
        env!("CARGO_PKG_VERSION"),
        python.major,
        python.minor,
        python.patch,
        rules.digest()
    )
}

/// Runs a program as `__main__` and records it.
///
/// # Errors
/// Only clew's own: that there is no such program to run. What the program raises is an [`Ended`].
pub fn run(
    py: Python<'_>,
    settings: &RunSettings,
    mut recording: Box<dyn Recording>,
) -> PyResult<(Ended, Box<dyn Recording>)> {
    #[cfg(unix)]
    if let Some(folder) = &settings.store {
        crate::hidden_folder::hide(py, folder);
    }
    let main = Main::prepare(py, settings)?;
    let code = match main.instrumented(py, recording.as_mut()) {
        Ok(code) => code,
        Err(Unrecorded::Fault(message)) => {
            recording.fault(&message);
            None
        }
        Err(Unrecorded::NotPython) => None,
    };
    let namespace = main.module.dict();
    let recorded = code.is_some();
    let mut kept = Some(recording);
    if recorded {
        let mut catalog = Catalog::builtin();
        for (file, text) in &settings.annotation_files {
            if let Err(error) = catalog.add(file, text)
                && let Some(recording) = kept.as_mut()
            {
                recording.fault(&error.to_string());
            }
        }
        if let Some(recording) = kept.take() {
            let knowledge = recorder::Knowledge {
                catalog,
                annotations: settings.annotations,
                edition: edition(py, settings.annotations, &settings.annotation_files),
                observe: settings.observe,
            };
            recorder::start(recording, &namespace, knowledge);
            session_files::begin();
            audit::listen(true);
            hear_of_variables(&main.module, recorder::variables_asked);
            class_hook::listen(py, true);
        }
    }
    let outcome = {
        let _bare = BareStack::hide_frames(py);
        main.execute(py, code.as_ref())
    };
    if recorded {
        let raised = outcome.is_err();
        audit::listen(false);
        forget_variables();
        class_hook::listen(py, false);
        kept = recorder::stop(raised);
        forked::tell_if_left();
    }
    let mut recording = kept.unwrap_or_else(|| Box::new(Nowhere));
    recording.files(session_files::end(py));
    recording.ended(
        &mut namespace
            .iter()
            .filter_map(|(name, value)| Some((name.extract::<String>().ok()?, value))),
    );
    let ended = match outcome {
        Ok(()) => Ended::Normally,
        Err(error) if error.is_instance_of::<PySystemExit>(py) => Ended::Left(error),
        Err(error) => {
            let interrupted = error.is_instance_of::<PyKeyboardInterrupt>(py);
            report(py, error);
            if interrupted { Ended::Left(PyKeyboardInterrupt::new_err(())) } else { Ended::Raised }
        }
    };
    // What `python FILE` does when the script has ended.
    if main.file.is_some() {
        let _ = namespace.del_item("__file__");
        let _ = namespace.del_item("__cached__");
    }
    Ok((ended, recording))
}

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

/// Reports an exception as the interpreter does at the end of a script: by `sys.excepthook`.
fn report(py: Python<'_>, error: PyErr) {
    error.restore(py);
    // SAFETY: an exception is set, and the GIL is held.
    unsafe { ffi::PyErr_PrintEx(1) };
}

/// Why a program runs unrecorded.
enum Unrecorded {
    /// It is not Python; running it says so in Python's own words.
    NotPython,
    /// Something of clew's failed.
    Fault(String),
}

struct Main<'py> {
    module: Bound<'py, PyModule>,
    /// The path that tracebacks name.
    file_name: String,
    /// The script's path, where it is a script.
    file: Option<String>,
    /// What the file holds, or the text.
    bytes: Vec<u8>,
    location: SourceLocation,
}

impl<'py> Main<'py> {
    fn prepare(py: Python<'py>, settings: &RunSettings) -> PyResult<Self> {
        match &settings.program {
            Program::File(path) => Self::file(py, path, &settings.arguments),
            Program::Folder(path) => Self::folder(py, path, &settings.arguments),
            Program::Text(text) => {
                // Python itself adds the line end.
                Self::text(py, (&format!("{text}\n"), "<string>"), "-c", &settings.arguments)
            }
            Program::Input(text) => Self::text(py, (text, "<stdin>"), "-", &settings.arguments),
            Program::Module(name) => Self::module(py, name, &settings.arguments),
        }
    }

    fn file(py: Python<'py>, given: &str, arguments: &[String]) -> PyResult<Self> {
        let bytes = std::fs::read(given)?;
        let path = &absolute(given)?;
        let module = Self::fresh(py)?;
        let dict = module.dict();
        let loader = py
            .import("_frozen_importlib_external")?
            .getattr("SourceFileLoader")?
            .call1(("__main__", path))?;
        dict.set_item("__loader__", loader)?;
        dict.set_item("__file__", path)?;
        dict.set_item("__cached__", py.None())?;
        let folder = folder_of(path);
        Self::install(py, &module, given, arguments, Some(&folder))?;
        Ok(Self {
            module,
            file_name: path.to_owned(),
            file: Some(path.to_owned()),
            bytes,
            location: SourceLocation::File(path.to_owned()),
        })
    }

    /// A text, and what tracebacks call it.
    fn text(
        py: Python<'py>,
        (text, file_name): (&str, &str),
        name: &str,
        arguments: &[String],
    ) -> PyResult<Self> {
        let module = Self::fresh(py)?;
        module
            .dict()
            .set_item("__loader__", py.import("_frozen_importlib")?.getattr("BuiltinImporter")?)?;
        Self::install(py, &module, name, arguments, Some(""))?;
        Ok(Self {
            module,
            file_name: file_name.to_owned(),
            file: None,
            bytes: text.as_bytes().to_vec(),
            location: SourceLocation::Text,
        })
    }

    fn module(py: Python<'py>, name: &str, arguments: &[String]) -> PyResult<Self> {
        let here = std::env::current_dir()?.to_string_lossy().into_owned();
        py.import("sys")?.getattr("path")?.set_item(0, &here)?;
        let details = py.import("runpy")?.getattr("_get_module_details")?.call1((name,))?;
        Self::found(py, &details.get_item(1)?, None, &here, arguments)
    }

    /// The `__main__.py` within a folder or an archive.
    fn folder(py: Python<'py>, path: &str, arguments: &[String]) -> PyResult<Self> {
        let folder = absolute(path)?;
        py.import("sys")?.getattr("path")?.set_item(0, &folder)?;
        let details = py.import("runpy")?.getattr("_get_main_module_details")?.call0()?;
        Self::found(py, &details.get_item(1)?, Some(path), &folder, arguments)
    }

    /// A module that the import system found: its text runs as `__main__`.
    fn found(
        py: Python<'py>,
        spec: &Bound<'py, PyAny>,
        name: Option<&str>,
        folder: &str,
        arguments: &[String],
    ) -> PyResult<Self> {
        let loader = spec.getattr("loader")?;
        let origin: String = spec.getattr("origin")?.extract()?;
        let source = loader.call_method1("get_source", (spec.getattr("name")?,))?;
        let source: String = source.extract()?;
        let module = Self::fresh(py)?;
        let dict = module.dict();
        dict.set_item("__loader__", &loader)?;
        dict.set_item("__file__", &origin)?;
        dict.set_item("__cached__", spec.getattr("cached")?)?;
        dict.set_item("__package__", spec.getattr("parent")?)?;
        dict.set_item("__spec__", spec)?;
        Self::install(py, &module, name.unwrap_or(&origin), arguments, Some(folder))?;
        Ok(Self {
            module,
            file_name: origin.clone(),
            file: None,
            bytes: source.into_bytes(),
            location: SourceLocation::File(origin),
        })
    }

    /// A `__main__` as a new interpreter has it.
    fn fresh(py: Python<'py>) -> PyResult<Bound<'py, PyModule>> {
        let module = PyModule::new(py, "__main__")?;
        let dict = module.dict();
        dict.set_item("__annotations__", PyDict::new(py))?;
        dict.set_item("__builtins__", py.import("builtins")?)?;
        Ok(module)
    }

    fn install(
        py: Python<'py>,
        module: &Bound<'py, PyModule>,
        name: &str,
        arguments: &[String],
        folder: Option<&str>,
    ) -> PyResult<()> {
        let sys = py.import("sys")?;
        let modules = sys.getattr("modules")?;
        // The module that started us is still running.
        if let Ok(old) = modules.get_item("__main__") {
            std::mem::forget(old.unbind());
        }
        modules.set_item("__main__", module)?;
        let argv = std::iter::once(name).chain(arguments.iter().map(String::as_str));
        sys.setattr("argv", PyList::new(py, argv)?)?;
        let safe = sys.getattr("flags")?.getattr("safe_path")?.is_truthy()?;
        if let Some(folder) = folder
            && !safe
        {
            sys.getattr("path")?.set_item(0, folder)?;
            crate::module_shadowing::forget_shadowed(py, folder)?;
        }
        Ok(())
    }

    /// The program's text, where it can be had without Python's own complaints.
    fn decoded(&self, py: Python<'py>) -> Option<String> {
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes);
        if bytes.contains(&0) {
            return None;
        }
        match cookie(bytes) {
            None => String::from_utf8(bytes.to_vec()).ok(),
            Some(name) => {
                let decoded = PyBytes::new(py, bytes).call_method1("decode", (name,)).ok()?;
                decoded.cast::<PyString>().ok()?.to_str().ok().map(str::to_owned)
            }
        }
    }

    /// The program's code with probes in it; `None` where it has nothing to report.
    fn instrumented(
        &self,
        py: Python<'py>,
        recording: &mut dyn Recording,
    ) -> Result<Option<Py<PyAny>>, Unrecorded> {
        let Some(text) = self.decoded(py) else { return Err(Unrecorded::NotPython) };
        let file_name = PyString::new(py, &self.file_name);
        let bytes = PyBytes::new(py, &self.bytes);
        let original = self.compiled(py, &bytes, &file_name).ok_or(Unrecorded::NotPython)?;
        let fault = |error: PyErr| Unrecorded::Fault(format!("cannot instrument: {error}"));
        let source = recording
            .begin_source(self.location.clone(), &text)
            .map_err(|reason| Unrecorded::Fault(format!("cannot read the program: {reason}")))?;
        const ONLY_AST: i32 = 0x400;
        let tree =
            with_warnings(py, WarningAction::Ignore, || compile(py, &bytes, &file_name, ONLY_AST))
                .map_err(fault)?;
        let unit = recording
            .unit(source)
            .ok_or_else(|| Unrecorded::Fault("the program's text is gone".to_owned()))?;
        let source = ProgramText {
            tree: &tree,
            original: &original,
            file: &file_name,
            unit: &unit,
            id: source,
        };
        let code = instrument::<ProbeListener>(&source).map_err(fault)?;
        Ok(Some(code.unbind()))
    }

    /// The program as CPython compiles it, if it does. Its warnings are shown as it shows them.
    fn compiled(
        &self,
        py: Python<'py>,
        bytes: &Bound<'py, PyBytes>,
        file_name: &Bound<'py, PyString>,
    ) -> Option<Bound<'py, PyAny>> {
        let compiled = || compile(py, bytes, file_name, 0);
        if let Ok(code) = with_warnings(py, WarningAction::Raise, compiled) {
            return Some(code);
        }
        with_warnings(py, WarningAction::Ignore, compiled).ok()?;
        // It compiles, with warnings; a filter of the user's may turn them into errors.
        compiled().ok()
    }

    fn execute(&self, py: Python<'py>, code: Option<&Py<PyAny>>) -> PyResult<()> {
        let namespace = self.module.dict();
        let outcome = match code {
            // SAFETY: the code object and namespace are live; an error comes back as null.
            Some(code) => unsafe {
                Bound::from_owned_ptr_or_err(
                    py,
                    ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr()),
                )
            },
            None => self.plainly(py, &namespace),
        };
        flush(py);
        outcome.map(drop)
    }

    /// The program as Python itself would run it, with nothing in between.
    fn plainly(
        &self,
        py: Python<'py>,
        namespace: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(file) = &self.file {
            // The file is read by the interpreter's own tokenizer, so that its errors are the same.
            let name = CString::new(file.as_str())?;
            // SAFETY: the file is opened for reading and closed by CPython (`closeit`).
            unsafe {
                let stream = libc::fopen(name.as_ptr(), c"rb".as_ptr());
                if stream.is_null() {
                    return Err(std::io::Error::last_os_error().into());
                }
                return Bound::from_owned_ptr_or_err(
                    py,
                    ffi::PyRun_FileExFlags(
                        stream.cast(),
                        name.as_ptr(),
                        ffi::Py_file_input,
                        namespace.as_ptr(),
                        namespace.as_ptr(),
                        1,
                        std::ptr::null_mut(),
                    ),
                );
            }
        }
        let bytes = PyBytes::new(py, &self.bytes);
        let file_name = PyString::new(py, &self.file_name);
        let code = compile(py, &bytes, &file_name, 0)?;
        // SAFETY: the GIL is held, `compile` gave a code object and the namespace is a dictionary; the
        // result is a new reference or null with an exception set.
        unsafe {
            Bound::from_owned_ptr_or_err(
                py,
                ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr()),
            )
        }
    }
}

/// What the interpreter does after a script: errors in flushing are of no interest.
fn flush(py: Python<'_>) {
    // SAFETY: the exception that may be set is put aside and restored.
    let pending = PyErr::take(py);
    if let Ok(sys) = py.import("sys") {
        for stream in ["stderr", "stdout"] {
            if let Ok(stream) = sys.getattr(stream) {
                let _ = stream.call_method0("flush");
            }
        }
    }
    if let Some(pending) = pending {
        pending.restore(py);
    }
}

/// A script's path as `python FILE` gives it to `__file__` and tracebacks (`_Py_abspath`).
fn absolute(path: &str) -> PyResult<String> {
    if Path::new(path).is_absolute() {
        return Ok(path.to_owned());
    }
    let here = std::env::current_dir()?;
    let path = path.strip_prefix("./").unwrap_or(path);
    Ok(format!("{}/{path}", here.to_string_lossy().trim_end_matches('/')))
}

/// The folder that `python FILE` puts first on `sys.path`: that of the file behind links.
fn folder_of(path: &str) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| Path::new(path).to_path_buf());
    real.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The encoding that a text declares in its first two lines (PEP 263), unless it is UTF-8.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n' || byte == b'\r').take(3) {
        let line = String::from_utf8_lossy(line);
        let trimmed = line.trim_start_matches([' ', '\t', '\u{c}']);
        if !trimmed.starts_with('#') {
            if trimmed.is_empty() {
                continue;
            }
            return None;
        }
        if let Some(at) = trimmed.find("coding") {
            let rest = &trimmed[at + "coding".len()..];
            let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
            let name: String = rest
                .trim_start_matches([' ', '\t'])
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
                .collect();
            let plain = name.to_ascii_lowercase().replace('_', "-");
            if name.is_empty() || plain == "utf-8" || plain.starts_with("utf-8-") {
                return None;
            }
            return Some(name);
        }
    }
    None
}
