//! Frames: calls below a frame of the program's module that stands where the node does.

use clew_graph::{SourceId, Span};
use clew_probe::{LineIndex, WarningAction, table_of_one_place, with_warnings};
use clew_syntax::Range;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyDict, PyList, PyString, PyTuple};
use rustc_hash::FxHashMap;

use super::SourceText;

/// What stands for the callee, its arguments and its keywords until there are some.
const PLACEHOLDERS: [&str; 3] = ["callee", "arguments", "keywords"];

/// Calls as a module's own code makes them: who is called finds the module's frame above its own, with the line of the
/// node, and so do tracebacks, warnings and whoever looks for variables there.
pub(super) struct Frames<'py> {
    namespace: Bound<'py, PyDict>,
    plain: Call<'py>,
    with_keywords: Call<'py>,
    sources: FxHashMap<SourceId, (Bound<'py, PyString>, LineIndex)>,
    place: Option<Span>,
}

/// The code of a call whose constants are what is called and passed.
struct Call<'py> {
    replace: Bound<'py, PyAny>,
    /// Of each of its constants, which of the placeholders it is.
    constants: Vec<Option<usize>>,
    units: usize,
}

impl<'py> Call<'py> {
    fn new(py: Python<'py>, text: &str) -> PyResult<Self> {
        // CPython warns of texts that are called.
        let code = with_warnings(py, WarningAction::Ignore, || {
            let compile = py.import("builtins")?.getattr("compile")?;
            compile.call1((text, "<string>", "eval", 0, true))
        })?;
        let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
        let placeholder = |constant: Bound<'py, PyAny>| {
            let text = constant.extract::<String>().ok()?;
            PLACEHOLDERS.iter().position(|known| *known == text)
        };
        Ok(Self {
            replace: code.getattr("replace")?,
            constants: constants.iter().map(placeholder).collect(),
            units: code.getattr("co_code")?.len()? / 2,
        })
    }

    /// The code with these constants, standing in a place.
    fn code(
        &self,
        values: [&Bound<'py, PyAny>; 3],
        place: Option<(&Bound<'py, PyString>, Range, &LineIndex)>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = self.replace.py();
        let none = py.None().into_bound(py);
        let constants =
            self.constants.iter().map(|which| which.map_or(&none, |which| values[which]));
        let changed = PyDict::new(py);
        changed.set_item("co_consts", PyTuple::new(py, constants)?)?;
        changed.set_item("co_name", "<module>")?;
        if let Some((file, range, lines)) = place {
            let (line, table) = table_of_one_place(range, lines, self.units);
            changed.set_item("co_filename", file)?;
            changed.set_item("co_firstlineno", line)?;
            changed.set_item("co_linetable", PyBytes::new(py, &table))?;
        }
        self.replace.call((), Some(&changed))
    }
}

impl<'py> Frames<'py> {
    pub(super) fn new(namespace: &Bound<'py, PyDict>, sources: &[SourceText]) -> PyResult<Self> {
        let py = namespace.py();
        let sources = sources.iter().map(|source| {
            (source.id, (PyString::new(py, &source.file), LineIndex::new(&source.text)))
        });
        Ok(Self {
            namespace: namespace.clone(),
            plain: Call::new(py, "'callee'(*'arguments')")?,
            with_keywords: Call::new(py, "'callee'(*'arguments', **'keywords')")?,
            sources: sources.collect(),
            place: None,
        })
    }

    pub(super) fn py(&self) -> Python<'py> {
        self.namespace.py()
    }

    /// The module of a name, with those within it that its own name says.
    pub(super) fn import(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let import = py.import("builtins")?.getattr("__import__")?;
        // With a name that every module has, what comes is the module and not the outermost around it.
        let wanted = PyTuple::new(py, ["__name__"])?.into_any();
        let name = PyString::new(py, name).into_any();
        let none = py.None().into_bound(py);
        self.call(&import, [name, self.namespace.clone().into_any(), none, wanted], None)
    }

    /// `from module import name`, where the module has no such attribute: a module within, or CPython's own error.
    pub(super) fn import_from(&self, module: &str, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let found = PyDict::new(py);
        found.set_item("__builtins__", py.import("builtins")?)?;
        let run = py.import("builtins")?.getattr("exec")?;
        let text = PyString::new(py, &format!("from {module} import {name} as found"));
        self.call(&run, [text.into_any(), found.clone().into_any()], None)?;
        Ok(found.get_item("found")?.unwrap_or_else(|| py.None().into_bound(py)))
    }

    /// What is called from now on stands here.
    pub(super) fn stand(&mut self, place: Option<Span>) {
        self.place = place;
    }

    /// Calls something.
    pub(super) fn call(
        &self,
        callee: &Bound<'py, PyAny>,
        arguments: impl IntoIterator<Item = Bound<'py, PyAny>>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = callee.py();
        // A list: texts in a tuple that is a constant are made one with equal ones.
        let arguments = PyList::new(py, arguments.into_iter().collect::<Vec<_>>())?.into_any();
        let place = self.place.and_then(|span| {
            let (file, lines) = self.sources.get(&span.source)?;
            Some((file, Range::new(span.start, span.end), lines))
        });
        let code = match keywords.filter(|keywords| !keywords.is_empty()) {
            None => self.plain.code([callee, &arguments, &arguments], place),
            Some(keywords) => {
                self.with_keywords.code([callee, &arguments, keywords.as_any()], place)
            }
        }?;
        drop(arguments);
        let namespace = self.namespace.as_ptr();
        // SAFETY: the GIL is held, the code object and the namespace are live; the result is a new reference or null
        // with an exception set.
        unsafe {
            let result = ffi::PyEval_EvalCode(code.as_ptr(), namespace, namespace);
            Bound::from_owned_ptr_or_err(py, result)
        }
    }

    /// An error as if the code here had raised it.
    pub(super) fn raised(&self, error: PyErr) -> PyErr {
        let py = self.namespace.py();
        let raises = move |_: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<()> {
            Err(Python::attach(|py| error.clone_ref(py)))
        };
        let raised = PyCFunction::new_closure(py, None, None, raises)
            .and_then(|raises| self.call(raises.as_any(), [], None));
        match raised {
            Err(error) => error,
            Ok(none) => PyErr::from_value(none),
        }
    }
}
