//! Run module: a module, a folder or an archive run as `__main__` by Python's own `runpy`, as the
//! interpreter does it, so that its frames, errors and messages are the same.

use clew_graph::os_text;
use clew_probe::BareStack;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyModule, PyTuple};

use crate::main_module::{MainModule, absolute, fresh, install};

/// What to do when the program was found: gives its code with probes in it, or `None` where it runs
/// unrecorded.
pub(crate) type Begin = Box<dyn Fn(&MainModule<'_>) -> Option<Py<PyAny>> + Send + Sync>;

/// What `runpy` is asked to run.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// A module, as in `python -m NAME`.
    Module(&'a str),
    /// The `__main__` within a folder or an archive.
    Folder(&'a str),
}

/// Runs it and records it.
///
/// # Errors
/// Those of clew's own. What the program raises is the outcome.
pub(crate) fn run(
    py: Python<'_>,
    wanted: Wanted<'_>,
    arguments: &[String],
    begin: Begin,
) -> PyResult<PyResult<()>> {
    let module = fresh(py)?;
    let (name, finder) = match wanted {
        Wanted::Module(name) => {
            let here = std::env::current_dir()?;
            // Until it is found, `-m` stands for it.
            install(&module, "-m", arguments, Some(here.as_os_str()))?;
            (name, "_get_module_details")
        }
        Wanted::Folder(path) => {
            let folder = absolute(&os_text::from_text(path))?;
            install(&module, path, arguments, Some(&folder))?;
            ("__main__", "_get_main_module_details")
        }
    };
    let runpy = py.import("runpy")?;
    let original = runpy.getattr(finder)?;
    runpy.setattr(finder, recording_finder(&runpy, finder, &module, begin)?)?;
    let outcome = {
        let _bare = BareStack::hide_frames(py);
        let alter_argv = matches!(wanted, Wanted::Module(_));
        runpy.call_method1("_run_module_as_main", (os_text::from_text(name), alter_argv)).map(drop)
    };
    runpy.setattr(finder, original)?;
    Ok(outcome)
}

/// What stands in for one call of `runpy`'s function that finds code: begins to record that code, and
/// gives what runs in its place. As it is none of Python's functions, no traceback shows it.
fn recording_finder<'py>(
    runpy: &Bound<'py, PyModule>,
    finder: &'static str,
    main: &Bound<'py, PyModule>,
    begin: Begin,
) -> PyResult<Bound<'py, PyCFunction>> {
    let original = runpy.getattr(finder)?.unbind();
    let (runpy_module, main) = (runpy.clone().unbind(), main.clone().unbind());
    let find = move |given: &Bound<'_, PyTuple>, named: Option<&Bound<'_, PyDict>>| {
        let py = given.py();
        let original = original.bind(py);
        // It calls itself by name.
        runpy_module.bind(py).setattr(finder, original)?;
        let details = original.call(given, named)?;
        let (name, spec, code): (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>) =
            details.extract()?;
        let main = MainModule::found(main.bind(py), &spec, &code)?;
        let code = begin(&main).map_or(code, |code| code.into_bound(py));
        (name, spec, code).into_pyobject(py).map(Bound::unbind)
    };
    PyCFunction::new_closure(runpy.py(), None, None, find)
}
