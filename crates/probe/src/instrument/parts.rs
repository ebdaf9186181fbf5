//! Parts: a long text's syntax tree, a stretch of statements at a time.
//!
//! As Python objects a tree takes ten times the memory that CPython's compiler needs for it. CPython reads the list
//! of a module's statements one after the other, so only the first stretch is made before it is asked to
//! compile the list. At the first place of each of the others stands a [`Part`], which looks like the statement
//! that belongs there; when CPython asks for its fields, the stretch is parsed, given its probes and put into
//! the list, and the one before it is let go of.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use clew_graph::{Literal, SourceId};
use clew_syntax::{ExprKind, Statement, Template, Unit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::compile::{CompileMode, compile_as};
use super::rewriter::Rewriter;
use super::syntax_tree::{Node, Tree, shape};
use crate::line_index::LineIndex;
use crate::probe::ProbeKind;

/// How many statements a part has at least, where the text has more.
pub(super) const LEAST: usize = 1024;
/// How many parts there are at most: each is parsed behind the line ends of all before it.
const MOST_PARTS: usize = 32;
/// `PyCF_ONLY_AST`
pub(super) const ONLY_TREE: i32 = 0x400;
/// Each statement stands behind its announcement.
const NODES: usize = 2;

/// A text, as it is parsed part by part.
struct PartedText {
    unit: Arc<Unit>,
    source: SourceId,
    lines: Arc<LineIndex>,
    file: Py<PyAny>,
    /// Of each part the places of its statements among those of the module.
    parts: Vec<Range<usize>>,
    /// The list that CPython is given.
    body: Py<PyList>,
    /// Where in it the first part ends.
    first_end: usize,
    /// The part that stands in the list, and its first node.
    at_hand: Option<(usize, Py<PyAny>)>,
    probes: Vec<ProbeKind>,
    warned: bool,
}

/// A module's tree whose statements are made as they are asked for.
pub(super) struct TreeInParts<'py> {
    pub(super) tree: Node<'py>,
    text: Arc<Mutex<PartedText>>,
}

impl<'py> TreeInParts<'py> {
    /// The tree of a text.
    pub(super) fn new(
        py: Python<'py>,
        unit: &Arc<Unit>,
        source: SourceId,
        file: &Node<'py>,
    ) -> PyResult<Self> {
        let lines = Arc::new(LineIndex::new(unit.text()));
        let size = unit.top().len().div_ceil(MOST_PARTS).max(LEAST);
        let parts = parts(unit, &lines, size);
        let tree = parse(py, unit, &lines, &parts, 0, file)?;
        let body = Tree::new(py)?.list(&tree, "body")?;
        let mut rewriter = Rewriter::new(py, unit, &lines, source)?;
        let first = parts.first().cloned().unwrap_or(0..0);
        rewriter.module(&body, &unit.top()[first.clone()])?;
        let (probes, warned) = (rewriter.probes, rewriter.warned);
        let first_end = body.len();
        let text = Arc::new(Mutex::new(PartedText {
            unit: Arc::clone(unit),
            source,
            lines,
            file: file.clone().unbind(),
            body: body.clone().unbind(),
            first_end,
            at_hand: None,
            probes,
            warned,
            parts: parts.clone(),
        }));
        for (number, part) in parts.iter().enumerate().skip(1) {
            body.append(Bound::new(py, Part { number, text: Arc::clone(&text) })?)?;
            for _ in 1..part.len() * NODES {
                body.append(py.None())?;
            }
        }
        Ok(Self { tree, text })
    }

    /// What the probes are for, once CPython has gone through the tree, and whether it would warn of
    /// something where they stand.
    pub(super) fn into_probes(self) -> PyResult<(Vec<ProbeKind>, bool)> {
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.at_hand = None;
        // The list holds parts, and they hold it.
        let body = text.body.bind(self.tree.py());
        body.set_slice(0, body.len(), PyList::empty(self.tree.py()).as_any())?;
        Ok((std::mem::take(&mut text.probes), text.warned))
    }
}

impl PartedText {
    /// The first node of a part, which stands in the list from now on.
    fn first_node<'py>(&mut self, py: Python<'py>, number: usize) -> PyResult<Node<'py>> {
        if let Some((_, node)) = self.at_hand.as_ref().filter(|(at_hand, _)| *at_hand == number) {
            return Ok(node.bind(py).clone());
        }
        let body = self.body.bind(py).clone();
        let (before, stretch) = (self.stretch(number - 1), self.stretch(number));
        for at in before {
            body.set_item(at, py.None())?;
        }
        let tree = parse(py, &self.unit, &self.lines, &self.parts, number, self.file.bind(py))?;
        let nodes = Tree::new(py)?.list(&tree, "body")?;
        let mut rewriter = Rewriter::new(py, &self.unit, &self.lines, self.source)?;
        rewriter.probes = std::mem::take(&mut self.probes);
        let outcome = rewriter.later_part(&nodes, &self.unit.top()[self.parts[number].clone()]);
        self.probes = rewriter.probes;
        self.warned |= rewriter.warned;
        outcome?;
        if nodes.len() != stretch.len() {
            return Err(shape("a part of the tree has other statements than its text"));
        }
        let first = nodes.get_item(0)?;
        for (at, node) in stretch.zip(nodes.iter()).skip(1) {
            body.set_item(at, node)?;
        }
        self.at_hand = Some((number, first.clone().unbind()));
        Ok(first)
    }

    /// The places of a part in the list.
    fn stretch(&self, number: usize) -> Range<usize> {
        let Some(part) = self.parts.get(number).filter(|_| number > 0) else {
            return 0..self.first_end;
        };
        let from_first = |statement: usize| {
            let first = self.parts.first().map_or(0, |first| first.end);
            self.first_end + (statement - first) * NODES
        };
        from_first(part.start)..from_first(part.end)
    }
}

/// Stands for the first node of a part.
#[pyclass(frozen)]
struct Part {
    number: usize,
    text: Arc<Mutex<PartedText>>,
}

#[pymethods]
impl Part {
    /// CPython asks a node of which class it is.
    #[getter(__class__)]
    fn class<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.node(py)?.get_type().into_any())
    }

    fn __getattr__<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        self.node(name.py())?.getattr(name)
    }
}

impl Part {
    fn node<'py>(&self, py: Python<'py>) -> PyResult<Node<'py>> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).first_node(py, self.number)
    }
}

/// A text's statements in parts of so many, each of which begins on a line of its own.
pub(super) fn parts(unit: &Unit, lines: &LineIndex, size: usize) -> Vec<Range<usize>> {
    let count = unit.top().len();
    let mut parts = Vec::new();
    let mut start = 0;
    loop {
        let mut end = (start + size).min(count);
        while end < count && !may_begin(unit, lines, end) {
            end += 1;
        }
        parts.push(start..end);
        start = end;
        if start == count {
            return parts;
        }
    }
}

/// Whether a part may begin with a statement.
pub(super) fn may_begin(unit: &Unit, lines: &LineIndex, at: usize) -> bool {
    begins_lines(unit, lines, at) && is_ordinary(unit, at)
}

/// Whether nothing of the statement before stands on the line on which one begins.
fn begins_lines(unit: &Unit, lines: &LineIndex, at: usize) -> bool {
    let start = unit.statement(unit.top()[at]).range.start;
    let text = unit.text().as_bytes();
    let before = text[..start as usize].trim_ascii_end();
    lines.begins_at(start) && !before.ends_with(b"\\")
}

/// Whether a statement is none that says something else where it is among the first ones.
fn is_ordinary(unit: &Unit, at: usize) -> bool {
    let statement = unit.statement(unit.top()[at]);
    if is_docstring(statement) {
        return false;
    }
    let imports = statement.imports();
    imports.iter().all(|alias| alias.module != "__future__")
}

/// Whether a statement is a text, which at the beginning of a module is its docstring.
pub(super) fn is_docstring(statement: &Statement) -> bool {
    let Template::Expression(value) = &statement.template else { return false };
    matches!(value.kind, ExprKind::Literal(Literal::Str(_)))
}

/// The text of some statements, with what stands before the first and behind the last of the module.
pub(super) fn text_of(unit: &Unit, part: &Range<usize>) -> clew_syntax::Range {
    let start_of = |at: usize| match unit.top().get(at) {
        _ if at == 0 => 0,
        Some(&id) => unit.statement(id).range.start,
        None => unit.text().len() as u32,
    };
    clew_syntax::Range::new(start_of(part.start), start_of(part.end))
}

/// CPython's tree of a part, with the places of the whole text.
fn parse<'py>(
    py: Python<'py>,
    unit: &Unit,
    lines: &LineIndex,
    parts: &[Range<usize>],
    number: usize,
    file: &Node<'py>,
) -> PyResult<Node<'py>> {
    let range = text_of(unit, &parts[number]);
    let mut text = "\n".repeat(lines.line_of(range.start));
    text.push_str(range.of(unit.text()));
    let mode = CompileMode { flags: ONLY_TREE, ..CompileMode::EXEC };
    compile_as(py, PyString::new(py, &text).as_any(), file, mode)
}
