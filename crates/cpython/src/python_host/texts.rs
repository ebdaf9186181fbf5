//! Texts: the text of a step as code whose lines are those of the source.

use clew_graph::{SourceId, Span, Step};
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
    /// Code of steps that are to run, with what was turned on for it.
    ahead: FxHashMap<(Span, String), (i32, Bound<'py, PyAny>)>,
}

impl<'py> Texts<'py> {
    pub(super) fn new(py: Python<'py>, sources: &[SourceText]) -> Self {
        let files = sources.iter().map(|source| (source.id, PyString::new(py, &source.file)));
        let no_file = PyString::new(py, "<string>");
        Self {
            files: files.collect(),
            no_file,
            future: 0,
            all_future: None,
            ahead: FxHashMap::default(),
        }
    }

    /// Runs a text in a module's namespace; of a step with the lines that this says.
    pub(super) fn run(
        &mut self,
        namespace: &Bound<'py, PyDict>,
        text: &str,
        step: Option<&Step>,
    ) -> PyResult<()> {
        let ahead = step.and_then(|step| self.ahead.remove(&(step.span, step.text.clone())));
        let code = match ahead {
            Some((future, code)) if future == self.future => code,
            _ => self.code(text, step)?,
        };
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

    /// Compiles steps that are to run in this order. Between other work that costs several times as much, for by then
    /// the processor's caches hold what that needs. A text that the compiler has something to say of is left.
    pub(super) fn prepare(&mut self, steps: &[&Step]) {
        let Some(first) = steps.first() else { return };
        let py = self.no_file.py();
        let Ok(all) = self.all_future(py) else { return };
        tracing::debug!(from = first.line(), steps = steps.len(), "steps are compiled");
        let mut future = self.future;
        // Without code of their own they are compiled when they run.
        let _ = with_warnings(py, WarningAction::Raise, || {
            for step in steps {
                if let Ok(code) = self.quiet_code(step, future) {
                    self.ahead.insert((step.span, step.text.clone()), (future, code.clone()));
                    future |= code.getattr("co_flags")?.extract::<i32>()? & all;
                }
            }
            Ok(())
        });
    }

    pub(super) fn code(&self, text: &str, step: Option<&Step>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.no_file.py();
        let Some(step) = step else {
            return compile(py, &PyString::new(py, text), &self.no_file, self.future);
        };
        if !is_in_one_piece(step) {
            return self.code_by_tree(step, self.future);
        }
        if step.line() > FEW_LINES {
            let code =
                with_warnings(py, WarningAction::Raise, || self.quiet_code(step, self.future));
            if let Ok(code) = code {
                return Ok(code);
            }
        }
        // With empty lines in front all lines are right, those of warnings and errors of the compiler too.
        let above = "\n".repeat(usize::try_from(step.line()).unwrap_or(1).saturating_sub(1));
        compile(py, &PyString::new(py, &(above + text)), self.file_of(step), self.future)
    }

    /// The code of a step where the compiler has nothing to say of it.
    fn quiet_code(&self, step: &Step, future: i32) -> PyResult<Bound<'py, PyAny>> {
        if !is_in_one_piece(step) {
            return self.code_by_tree(step, future);
        }
        // It is compiled as if it stood at the top, and then moved.
        let py = self.no_file.py();
        let code = compile(py, &PyString::new(py, &step.text), self.file_of(step), future)?;
        match step.line() {
            0 | 1 => Ok(code),
            line => moved(&code, line - 1),
        }
    }

    /// The code of a step whose lines do not follow on one another.
    fn code_by_tree(&self, step: &Step, future: i32) -> PyResult<Bound<'py, PyAny>> {
        let py = self.no_file.py();
        let file = self.file_of(step);
        let tree = compile(py, &PyString::new(py, &step.text), file, future | ONLY_TREE)?;
        relocate(&tree, &step.lines)?;
        compile(py, &tree, file, future)
    }

    fn file_of(&self, step: &Step) -> &Bound<'py, PyString> {
        self.files.get(&step.span.source).unwrap_or(&self.no_file)
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

/// Whether the lines of a step stand in its source as they do in its text.
fn is_in_one_piece(step: &Step) -> bool {
    step.lines.iter().zip(step.line()..).all(|(&line, expected)| line == expected)
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
