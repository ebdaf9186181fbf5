//! Texts: the text of a step as code whose lines are those of the source.

use clew_graph::{SourceId, Step};
use clew_probe::{WarningAction, compile, with_warnings};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyDict, PyString, PyTuple};
use rustc_hash::FxHashMap;

use super::SourceText;

/// `PyCF_ONLY_AST`: a tree is wanted, and no code.
const ONLY_TREE: i32 = 0x400;

/// So many empty lines are read sooner than code is moved.
const FEW_LINES: u32 = 50;

/// Compiles texts and runs them.
pub(super) struct Texts<'py> {
    /// The names of the sources' files, and of none.
    files: FxHashMap<SourceId, Bound<'py, PyString>>,
    no_file: Bound<'py, PyString>,
    /// What `from __future__ import …` has turned on so far.
    future: i32,
    /// All that it can turn on.
    all_future: Option<i32>,
}

impl<'py> Texts<'py> {
    pub(super) fn new(py: Python<'py>, sources: &[SourceText]) -> Self {
        let files = sources.iter().map(|source| (source.id, PyString::new(py, &source.file)));
        let no_file = PyString::new(py, "<string>");
        Self { files: files.collect(), no_file, future: 0, all_future: None }
    }

    /// Runs a text in a module's namespace; of a step with the lines that this says.
    pub(super) fn run(
        &mut self,
        namespace: &Bound<'py, PyDict>,
        text: &str,
        step: Option<&Step>,
    ) -> PyResult<()> {
        let code = self.code(text, step)?;
        self.future |= code.getattr("co_flags")?.extract::<i32>()? & self.all_future(code.py())?;
        // A text by itself is the docstring of the module that it begins, and of none in its midst.
        let may_document = text.starts_with(['"', '\'', 'r', 'R', 'u', 'U']);
        let is_inner = may_document && step.is_some_and(|step| !step.is_first);
        let document = if is_inner { namespace.get_item("__doc__")? } else { None };
        // SAFETY: the GIL is held, the code object and the namespace are live; the result is a new
        // reference or null with an exception set.
        let result = unsafe {
            let result =
                ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr());
            Bound::from_owned_ptr_or_err(code.py(), result)
        };
        if is_inner {
            match document {
                Some(document) => namespace.set_item("__doc__", document)?,
                None if namespace.contains("__doc__")? => namespace.del_item("__doc__")?,
                None => {}
            }
        }
        result.map(drop)
    }

    pub(super) fn code(&self, text: &str, step: Option<&Step>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.no_file.py();
        let lines: &[u32] = step.map_or(&[], |step| &step.lines);
        let file = step.and_then(|step| self.files.get(&step.span.source));
        let file = file.unwrap_or(&self.no_file);
        let from = lines.first().copied().unwrap_or(1);
        let is_whole = lines.iter().zip(from..).all(|(&line, expected)| line == expected);
        if !is_whole {
            let source = PyString::new(py, text);
            let tree = compile(py, &source, file, self.future | ONLY_TREE)?;
            relocate(&tree, lines)?;
            return compile(py, &tree, file, self.future);
        }
        if from > FEW_LINES
            && let Some(code) = self.moved_code(text, file, from)
        {
            return Ok(code);
        }
        // With empty lines in front all lines are right, those of warnings and errors of the compiler too.
        let above = "\n".repeat(usize::try_from(from).unwrap_or(1).saturating_sub(1));
        compile(py, &PyString::new(py, &(above + text)), file, self.future)
    }

    /// The code of a text that is compiled as if it stood at the top and then moved; nothing where the compiler has
    /// something to say of it.
    fn moved_code(
        &self,
        text: &str,
        file: &Bound<'py, PyString>,
        to: u32,
    ) -> Option<Bound<'py, PyAny>> {
        let py = file.py();
        let text = PyString::new(py, text);
        let code = with_warnings(py, WarningAction::Raise, || {
            compile(py, text.as_any(), file.as_any(), self.future)
        });
        moved(&code.ok()?, to.saturating_sub(1)).ok()
    }

    fn all_future(&mut self, py: Python<'_>) -> PyResult<i32> {
        if let Some(known) = self.all_future {
            return Ok(known);
        }
        let future = py.import("__future__")?;
        let mut all = 0;
        for name in future.getattr("all_feature_names")?.try_iter()? {
            let feature = future.getattr(name?.cast::<PyString>()?)?;
            all |= feature.getattr("compiler_flag")?.extract::<i32>()?;
        }
        // `nested_scopes` has the flag of what any function may have.
        all &= !0x10;
        self.all_future = Some(all);
        Ok(all)
    }
}

/// Code, with all that is nested in it, that stands so many lines further down.
fn moved<'py>(code: &Bound<'py, PyAny>, by: u32) -> PyResult<Bound<'py, PyAny>> {
    let changed = PyDict::new(code.py());
    let first: u32 = code.getattr("co_firstlineno")?.extract()?;
    changed.set_item("co_firstlineno", first + by)?;
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    if constants.iter().any(|constant| constant.is_instance_of::<PyCode>()) {
        let constants =
            constants.iter().map(|constant| match constant.is_instance_of::<PyCode>() {
                true => moved(&constant, by),
                false => Ok(constant),
            });
        let constants = constants.collect::<PyResult<Vec<_>>>()?;
        changed.set_item("co_consts", PyTuple::new(code.py(), constants)?)?;
    }
    code.call_method("replace", (), Some(&changed))
}

/// Has each node of a tree stand on the line that its text has in the source.
fn relocate(tree: &Bound<'_, PyAny>, lines: &[u32]) -> PyResult<()> {
    let walk = tree.py().import("ast")?.getattr("walk")?;
    for node in walk.call1((tree,))?.try_iter()? {
        let node = node?;
        for name in ["lineno", "end_lineno"] {
            let Ok(line) = node.getattr(name).and_then(|line| line.extract::<usize>()) else {
                continue;
            };
            let known = lines.get(line.saturating_sub(1)).or(lines.last());
            node.setattr(name, known.copied().unwrap_or(1))?;
        }
    }
    Ok(())
}
