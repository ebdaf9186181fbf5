//! Main module: what runs as `__main__`, made as the interpreter makes it.
#![allow(unsafe_code, reason = "runs code objects and files through CPython's C API")]

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use clew_graph::{SourceLocation, os_text};
use clew_probe::{WarningAction, compile, with_warnings};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyModule, PyString};

/// What runs as `__main__`.
pub(crate) struct MainModule<'py> {
    pub(crate) module: Bound<'py, PyModule>,
    /// The path that tracebacks name.
    pub(crate) file_name: Bound<'py, PyString>,
    /// The script's path, where it is a script.
    file: Option<OsString>,
    text: Text,
    /// What Python itself compiled, where that came first.
    compiled: Option<Bound<'py, PyAny>>,
    pub(crate) location: SourceLocation,
}

/// The text of a program, as far as it is known.
enum Text {
    /// As it stands in a file.
    InFile(Vec<u8>),
    /// As it came by standard input.
    Input(Vec<u8>),
    /// As it was given or as a loader decoded it.
    Given(String),
    /// There is none.
    Missing,
}

/// Why a program runs unrecorded.
pub(crate) enum Unrecorded {
    /// It is not Python; running it says so in Python's own words.
    NotPython,
    /// There is only code that was compiled before, or something of clew's failed.
    Fault(String),
}

impl<'py> MainModule<'py> {
    /// A script.
    pub(crate) fn of_file(py: Python<'py>, given: &str, arguments: &[String]) -> PyResult<Self> {
        let path = os_text::from_text(given);
        let bytes = std::fs::read(&path)?;
        let file = absolute(&path)?;
        let is_compiled = is_compiled(py, &path, &bytes)?;
        let loader = if is_compiled { "SourcelessFileLoader" } else { "SourceFileLoader" };
        let file_name = (&*file).into_pyobject(py)?;
        let module = fresh(py)?;
        let dict = module.dict();
        let loader = py
            .import("_frozen_importlib_external")?
            .getattr(loader)?
            .call1(("__main__", &file_name))?;
        dict.set_item("__loader__", loader)?;
        dict.set_item("__file__", &file_name)?;
        dict.set_item("__cached__", py.None())?;
        install(&module, given, arguments, Some(&folder_of(&path)))?;
        let location = SourceLocation::File(os_text::to_text(&file));
        let text = if is_compiled { Text::Missing } else { Text::InFile(bytes) };
        Ok(Self { module, file_name, file: Some(file), text, compiled: None, location })
    }

    /// A text, as `python -c` runs it.
    pub(crate) fn of_text(py: Python<'py>, text: &str, arguments: &[String]) -> PyResult<Self> {
        // Python itself adds the line end.
        Self::without_file(py, Text::Given(format!("{text}\n")), "<string>", ("-c", arguments))
    }

    /// What came by standard input, as `python -` runs it.
    pub(crate) fn of_input(py: Python<'py>, text: &[u8], arguments: &[String]) -> PyResult<Self> {
        Self::without_file(py, Text::Input(text.to_vec()), "<stdin>", ("-", arguments))
    }

    fn without_file(
        py: Python<'py>,
        text: Text,
        file_name: &str,
        (name, arguments): (&str, &[String]),
    ) -> PyResult<Self> {
        let module = fresh(py)?;
        let dict = module.dict();
        let loader = py.import("_frozen_importlib")?.getattr("BuiltinImporter")?;
        dict.set_item("__loader__", loader)?;
        if matches!(text, Text::Input(_)) {
            // To the interpreter it is a file of this name.
            dict.set_item("__file__", file_name)?;
            dict.set_item("__cached__", py.None())?;
        }
        install(&module, name, arguments, Some(OsStr::new("")))?;
        Ok(Self {
            module,
            file_name: PyString::new(py, file_name),
            file: None,
            text,
            compiled: None,
            location: SourceLocation::Text,
        })
    }

    /// What the import system found, with its code: that runs as `module`.
    pub(crate) fn found(
        module: &Bound<'py, PyModule>,
        spec: &Bound<'py, PyAny>,
        code: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let (loader, origin) = (spec.getattr("loader")?, spec.getattr("origin")?);
        let dict = module.dict();
        // What `runpy` is about to set, so that it changes nothing under the recorder's eyes.
        dict.set_item("__file__", &origin)?;
        dict.set_item("__cached__", spec.getattr("cached")?)?;
        dict.set_item("__loader__", &loader)?;
        dict.set_item("__package__", spec.getattr("parent")?)?;
        dict.set_item("__spec__", spec)?;
        // Not every loader has texts.
        let text = loader
            .call_method1("get_source", (spec.getattr("name")?,))
            .and_then(|text| text.extract::<Option<String>>());
        let origin: OsString = origin.extract()?;
        Ok(Self {
            module: module.clone(),
            file_name: code.getattr("co_filename")?.cast_into()?,
            file: None,
            text: text.ok().flatten().map_or(Text::Missing, Text::Given),
            compiled: Some(code.clone()),
            location: SourceLocation::File(os_text::to_text(&origin)),
        })
    }

    /// The file that its text stands in, if it is one.
    pub(crate) fn source_file(&self) -> Option<&str> {
        match &self.location {
            SourceLocation::File(path) => Some(path),
            _ => None,
        }
    }

    /// Whether Python itself has compiled it already.
    pub(crate) fn is_compiled(&self) -> bool {
        self.compiled.is_some()
    }

    /// Takes away what the interpreter lets a script have only while it runs.
    pub(crate) fn forget_file(&self) {
        if self.file.is_some() || matches!(self.text, Text::Input(_)) {
            let namespace = self.module.dict();
            let _ = namespace.del_item("__file__");
            let _ = namespace.del_item("__cached__");
        }
    }

    /// The program's text, where it can be had without Python's own complaints, and what to compile.
    pub(crate) fn decoded(
        &self,
        py: Python<'py>,
    ) -> Result<(String, Bound<'py, PyAny>), Unrecorded> {
        let all = match &self.text {
            Text::InFile(bytes) | Text::Input(bytes) => bytes,
            Text::Given(text) if self.compiled.is_some() => {
                return Ok((text.clone(), PyString::new(py, text).into_any()));
            }
            Text::Given(text) => text.as_bytes(),
            Text::Missing => return Err(self.unlike("has no text, only compiled code")),
        };
        let bytes = all.strip_prefix(b"\xef\xbb\xbf").unwrap_or(all);
        if bytes.contains(&0) {
            return Err(Unrecorded::NotPython);
        }
        let has_mark = bytes.len() < all.len();
        let text = match cookie(bytes) {
            // CPython takes no other encoding behind a byte order mark.
            Some(_) if has_mark => None,
            None => String::from_utf8(bytes.to_vec()).ok(),
            Some(name) => {
                let text = PyBytes::new(py, bytes).call_method1("decode", (name,)).ok();
                let text = text.and_then(|text| text.cast_into::<PyString>().ok());
                text.and_then(|text| text.to_str().ok().map(str::to_owned))
            }
        };
        let text = text.ok_or(Unrecorded::NotPython)?;
        Ok((text, PyBytes::new(py, all).into_any()))
    }

    fn unlike(&self, what: &str) -> Unrecorded {
        let file = self.file_name.to_string_lossy();
        Unrecorded::Fault(format!("`{file}` {what}; the program runs unrecorded"))
    }

    /// The program as CPython compiles it, if it does.
    pub(crate) fn original(
        &self,
        py: Python<'py>,
        source: &Bound<'py, PyAny>,
    ) -> Result<Bound<'py, PyAny>, Unrecorded> {
        let compiled = || compile(py, source, &self.file_name, 0);
        if let Some(given) = &self.compiled {
            let made = with_warnings(py, WarningAction::Ignore, compiled);
            return match made.and_then(|made| made.eq(given)) {
                Ok(true) => Ok(given.clone()),
                _ => Err(self.unlike("is not what it was compiled from")),
            };
        }
        // Its warnings are shown as CPython shows them.
        if let Ok(code) = with_warnings(py, WarningAction::Raise, compiled) {
            return Ok(code);
        }
        with_warnings(py, WarningAction::Ignore, compiled).map_err(|_| Unrecorded::NotPython)?;
        // It compiles, with warnings; a filter of the user's may turn them into errors.
        compiled().map_err(|_| Unrecorded::NotPython)
    }

    /// Runs the program: with probes where there are, else as Python itself would, with nothing in between.
    pub(crate) fn execute(&self, py: Python<'py>, code: Option<&Py<PyAny>>) -> PyResult<()> {
        let outcome = match code {
            Some(code) => self.evaluate(code.bind(py)),
            None => self.plainly(py),
        };
        outcome.map(drop)
    }

    fn evaluate(&self, code: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let namespace = self.module.dict();
        // SAFETY: the GIL is held, the code object and the namespace are live; the result is a new
        // reference or null with an exception set.
        unsafe {
            Bound::from_owned_ptr_or_err(
                code.py(),
                ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr()),
            )
        }
    }

    fn plainly(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        // What stands in files and comes by standard input is read by the interpreter's own tokenizer, so
        // that its errors are the same.
        let stream = match (&self.text, &self.file) {
            (Text::Missing, Some(file)) => return self.evaluate(&unmarshalled(py, file)?),
            (_, Some(file)) => {
                let path = CString::new(file.as_bytes())?;
                // SAFETY: both texts end with a zero.
                unsafe { libc::fopen(path.as_ptr(), c"rb".as_ptr()) }
            }
            (Text::Input(bytes), None) if !bytes.is_empty() => {
                let start = bytes.as_ptr().cast_mut().cast();
                // SAFETY: the bytes outlive the stream, which only reads them.
                unsafe { libc::fmemopen(start, bytes.len(), c"rb".as_ptr()) }
            }
            (Text::Given(text), None) => {
                let bytes = PyBytes::new(py, text.as_bytes());
                return self.evaluate(&compile(py, &bytes, &self.file_name, 0)?);
            }
            (Text::Input(_), None) => return Ok(py.None().into_bound(py)),
            (Text::Missing | Text::InFile(_), None) => {
                return Err(PyRuntimeError::new_err("there is no text to run"));
            }
        };
        if stream.is_null() {
            return Err(std::io::Error::last_os_error().into());
        }
        let name: OsString = self.file_name.extract()?;
        let name = CString::new(name.as_bytes())?;
        let namespace = self.module.dict();
        // SAFETY: the GIL is held; the stream is open for reading and closed by CPython (`closeit`), and
        // the result is a new reference or null with an exception set.
        unsafe {
            Bound::from_owned_ptr_or_err(
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
            )
        }
    }
}

/// A `__main__` as a new interpreter has it.
pub(crate) fn fresh(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    let module = PyModule::new(py, "__main__")?;
    let dict = module.dict();
    dict.set_item("__annotations__", PyDict::new(py))?;
    dict.set_item("__builtins__", py.import("builtins")?)?;
    Ok(module)
}

/// Puts a module in the place of `__main__`, with its command line and the folder that its imports look in
/// first.
pub(crate) fn install(
    module: &Bound<'_, PyModule>,
    name: &str,
    arguments: &[String],
    folder: Option<&OsStr>,
) -> PyResult<()> {
    let py = module.py();
    let sys = py.import("sys")?;
    let modules = sys.getattr("modules")?;
    // The module that started us is still running.
    if let Ok(old) = modules.get_item("__main__") {
        std::mem::forget(old.unbind());
    }
    modules.set_item("__main__", module)?;
    let words = std::iter::once(name).chain(arguments.iter().map(String::as_str));
    let words: Vec<OsString> = words.map(os_text::from_text).collect();
    sys.setattr("argv", PyList::new(py, words)?)?;
    let safe = sys.getattr("flags")?.getattr("safe_path")?.is_truthy()?;
    if let Some(folder) = folder
        && !safe
    {
        sys.getattr("path")?.set_item(0, folder)?;
        crate::module_shadowing::forget_shadowed(py, Path::new(folder))?;
    }
    Ok(())
}

/// A script's path as `python FILE` gives it to `__file__` and tracebacks (`_Py_abspath`).
pub(crate) fn absolute(path: &OsStr) -> PyResult<OsString> {
    if Path::new(path).is_absolute() {
        return Ok(path.to_owned());
    }
    let mut file = std::env::current_dir()?.into_os_string();
    file.push("/");
    file.push(path);
    Ok(file)
}

/// The folder that `python FILE` puts first on `sys.path`: that of the file behind links.
fn folder_of(path: &OsStr) -> OsString {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| Path::new(path).to_path_buf());
    real.parent().map(|folder| folder.as_os_str().to_owned()).unwrap_or_default()
}

/// Whether a script is compiled code: by its name, or by its first two bytes (`maybe_pyc_file`).
fn is_compiled(py: Python<'_>, path: &OsStr, bytes: &[u8]) -> PyResult<bool> {
    if path.as_bytes().ends_with(b".pyc") {
        return Ok(true);
    }
    Ok(bytes.len() >= 2 && magic(py)?.as_bytes().starts_with(&bytes[..2]))
}

/// The code that a file holds, with the errors of `python FILE` (`run_pyc_file`).
fn unmarshalled<'py>(py: Python<'py>, file: &OsStr) -> PyResult<Bound<'py, PyAny>> {
    const HEADER: usize = 16;
    let bytes = std::fs::read(file)?;
    if !bytes.starts_with(magic(py)?.as_bytes()) {
        return Err(PyRuntimeError::new_err("Bad magic number in .pyc file"));
    }
    let body = PyBytes::new(py, bytes.get(HEADER..).unwrap_or_default());
    let code = py.import("marshal")?.getattr("loads")?.call1((body,))?;
    if code.get_type().name()? != "code" {
        return Err(PyRuntimeError::new_err("Bad code object in .pyc file"));
    }
    Ok(code)
}

/// What compiled files of this Python begin with.
fn magic(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let magic = py.import("_frozen_importlib_external")?.getattr("MAGIC_NUMBER")?;
    Ok(magic.cast_into()?)
}

/// The encoding that a text declares in its first two lines (PEP 263), unless it is UTF-8.
fn cookie(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    for _ in 0..2 {
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        rest = behind.strip_prefix(b"\r\n").or(behind.get(1..)).unwrap_or_default();
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
