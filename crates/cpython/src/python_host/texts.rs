//! Texts: the text of a step as code whose lines are those of the source.

use clew_graph::{SourceId, Step};
use clew_probe::compile;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rustc_hash::FxHashMap;

/// `PyCF_ONLY_AST`: a tree is wanted, and no code.
const ONLY_TREE: i32 = 0x400;

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
    pub(super) fn new(py: Python<'py>, files: &[(SourceId, String)]) -> Self {
        let files = files.iter().map(|(source, file)| (*source, PyString::new(py, file)));
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

    fn code(&self, text: &str, step: Option<&Step>) -> PyResult<Bound<'py, PyAny>> {
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
        // Empty lines in front are the quickest way to have all lines be right, those of warnings too.
        let above = "\n".repeat(usize::try_from(from).unwrap_or(1).saturating_sub(1));
        compile(py, &PyString::new(py, &(above + text)), file, self.future)
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
