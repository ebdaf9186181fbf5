//! Rewriter: makes the nodes that stand for probes, and keeps what each of them is for.

use std::cell::OnceCell;
use std::collections::HashSet;

use clew_graph::SourceId;
use clew_syntax::{Range, StatementId, Unit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::settled_names::{hides_assignments, settled_variables};
use super::syntax_tree::{Kind, Node, NodePlace, Tree, shape};
use crate::line_index::LineIndex;
use crate::probe::{self, ProbeKind};

/// Goes through a tree and changes it in place.
pub(super) struct Rewriter<'py, 'a> {
    pub(super) tree: Tree<'py>,
    pub(super) unit: &'a Unit,
    pub(super) source: SourceId,
    lines: &'a LineIndex,
    /// How many lines of the text are before those that the tree counts.
    pub(super) lines_before: u32,
    /// What the probes are for, by the numbers of their placeholders.
    pub(super) probes: Vec<ProbeKind>,
    /// Whether CPython warns of something that it does not see behind a probe: a callee that can be none.
    pub(super) warned: bool,
    /// Whether a statement at module level, or one in a class, says `global`.
    pub(super) declares_global: bool,
    /// How deep in an expression it is.
    pub(super) depth: usize,
    /// Whether expressions that stand alone are displayed, as in an interactive shell.
    displays: bool,
    /// Within how many others the functions stand whose statements are announced.
    announced_depth: Option<usize>,
    /// Whether these say when they end.
    pub(super) says_end: bool,
    /// The statement that defines the function at hand, where that is one of these.
    pub(super) in_announced: Option<StatementId>,
    /// Whether the suite at hand is that of a class.
    pub(super) in_class: bool,
    /// The first parameter of the function at hand, where that is an `__init__` which never binds it anew.
    pub(super) initialized: Option<String>,
    /// For each function around the place at hand: the names that it binds only to constants and results
    /// of operators, so that `name += 1` cannot change anybody else's value.
    settled: Vec<HashSet<String>>,
    /// The same for the module, once that was asked for.
    settled_in_module: OnceCell<HashSet<String>>,
    hides_assignments: OnceCell<bool>,
}

impl<'py, 'a> Rewriter<'py, 'a> {
    pub(super) fn new(
        py: Python<'py>,
        unit: &'a Unit,
        lines: &'a LineIndex,
        source: SourceId,
    ) -> PyResult<Self> {
        Ok(Self {
            tree: Tree::new(py)?,
            unit,
            source,
            lines,
            lines_before: 0,
            probes: Vec::new(),
            warned: false,
            declares_global: false,
            depth: 0,
            displays: false,
            announced_depth: None,
            says_end: false,
            in_announced: None,
            in_class: false,
            initialized: None,
            settled: Vec::new(),
            settled_in_module: OnceCell::new(),
            hides_assignments: OnceCell::new(),
        })
    }

    /// Which names other statements of the module bind is not known.
    pub(super) fn within_unknown(self) -> Self {
        let settled_in_module = OnceCell::from(HashSet::new());
        Self { settled_in_module, ..self }
    }

    /// The statements of functions that stand within so many others are announced, and where that is wanted these
    /// say when they end.
    pub(super) fn announcing(self, depth: usize, says_end: bool) -> Self {
        Self { announced_depth: Some(depth), says_end, ..self }
    }

    /// The statement that defines a function whose statements are announced.
    pub(super) fn announced_function(&self, node: &Node<'py>) -> PyResult<Option<StatementId>> {
        if self.announced_depth != Some(self.settled.len()) {
            return Ok(None);
        }
        Ok(self.offset(node)?.and_then(|start| self.unit.definition_at(start)))
    }

    /// A function's body begins.
    pub(super) fn enter_body(&mut self, body: &Bound<'py, PyList>) -> PyResult<()> {
        let settled = match self.hides_assignments() {
            true => HashSet::new(),
            false => self.tree.settled_names(body)?,
        };
        self.settled.push(settled);
        Ok(())
    }

    /// It has ended.
    pub(super) fn leave_body(&mut self) {
        self.settled.pop();
    }

    /// Whether the statement at hand is in no function.
    pub(super) fn is_outside_functions(&self) -> bool {
        self.settled.is_empty()
    }

    /// Whether the function at hand, or the module, binds a name only to constants and results of operators.
    pub(super) fn is_settled(&self, name: &str) -> bool {
        if let Some(names) = self.settled.last() {
            return names.contains(name);
        }
        let names = self.settled_in_module.get_or_init(|| match self.hides_assignments() {
            true => HashSet::new(),
            false => settled_variables(self.unit),
        });
        names.contains(name)
    }

    /// Whether an assignment may hide in any expression of the text.
    pub(super) fn hides_assignments(&self) -> bool {
        *self.hides_assignments.get_or_init(|| hides_assignments(self.unit.text()))
    }

    /// The same for a text whose expressions are displayed where they stand alone.
    pub(super) fn displaying(mut self, displays: bool) -> Self {
        self.displays = displays;
        self
    }

    /// Whether expressions that stand alone at the place at hand are displayed.
    pub(super) fn is_displayed(&self) -> bool {
        self.displays && self.is_outside_functions()
    }

    /// `-probe` as a statement.
    pub(super) fn announce(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        let place = NodePlace::of(self.tree.py, place)?;
        let negated = self.negated_at(probe, &place)?;
        self.alone_at(&negated, &place)
    }

    /// A probe's expression as a statement. Where such would be displayed, it is the test of an `if` that
    /// does nothing; what is compared is the identity, for which none of the program's code runs.
    pub(super) fn alone(
        &mut self,
        expression: &Node<'py>,
        place: &Node<'py>,
    ) -> PyResult<Node<'py>> {
        self.alone_at(expression, &NodePlace::of(self.tree.py, place)?)
    }

    fn alone_at(&self, expression: &Node<'py>, place: &NodePlace<'py>) -> PyResult<Node<'py>> {
        let (py, kinds) = (self.tree.py, self.tree.kinds);
        if !self.displays {
            let statement = kinds.Expr.bind(py).call1((expression,))?;
            place.give(&statement)?;
            return Ok(statement);
        }
        let none = kinds.Constant.bind(py).call1((py.None(), py.None()))?;
        let is = kinds.Is.bind(py).call0()?;
        let test = kinds.Compare.bind(py).call1((
            expression,
            PyList::new(py, [is])?,
            PyList::new(py, [&none])?,
        ))?;
        let pass = kinds.Pass.bind(py).call0()?;
        let statement =
            kinds.If.bind(py).call1((&test, PyList::new(py, [&pass])?, PyList::empty(py)))?;
        for node in [&none, &test, &pass, &statement] {
            place.give(node)?;
        }
        Ok(statement)
    }

    /// The statement of the text's top level that a node stands for.
    pub(super) fn top_statement(&self, node: &Node<'py>) -> PyResult<StatementId> {
        let at = self.offset(node)?;
        let found = at.and_then(|at| {
            let mut top = self.unit.top().iter().copied();
            top.find(|&id| self.unit.statement(id).range.contains(Range::new(at, at)))
        });
        found.ok_or_else(|| shape("a statement stands where the text has none"))
    }

    /// `-probe`, at the place of another node.
    pub(super) fn negated(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        self.negated_at(probe, &NodePlace::of(self.tree.py, place)?)
    }

    fn negated_at(&mut self, probe: ProbeKind, place: &NodePlace<'py>) -> PyResult<Node<'py>> {
        let (py, kinds) = (self.tree.py, self.tree.kinds);
        let placeholder = probe::negated_placeholder(py, self.probes.len())?;
        let constant = self.constant(probe, placeholder, place)?;
        let negated = kinds.UnaryOp.bind(py).call1((&kinds.minus, constant))?;
        place.give(&negated)?;
        Ok(negated)
    }

    /// `probe[value]`, at the place of the value. Of a constant there is nothing to report.
    ///
    /// The probe itself is where the value's evaluation begins, so that no line is begun before
    /// its time. CPython places an attribute at its name, which may be on a later line than the
    /// value begins; the look at it is to stay there.
    pub(super) fn wrapped(&mut self, probe: ProbeKind, value: &Node<'py>) -> PyResult<Node<'py>> {
        match self.tree.kind(value) {
            Kind::Constant => Ok(value.clone()),
            _ => self.looked_at(probe, value),
        }
    }

    /// The same of a constant as well.
    pub(super) fn looked_at(&mut self, probe: ProbeKind, value: &Node<'py>) -> PyResult<Node<'py>> {
        let (py, kinds) = (self.tree.py, self.tree.kinds);
        let placeholder = probe::placeholder(py, self.probes.len())?;
        let place = NodePlace::of(py, &self.tree.first_evaluated(value)?)?;
        let constant = self.constant(probe, placeholder, &place)?;
        let node = kinds.Subscript.bind(py).call1((constant, value, &kinds.load))?;
        if self.tree.kind(value) == Kind::Attribute && self.tree.is_spread(value)? {
            self.tree.locate_nowhere(&node)?;
        } else {
            self.tree.locate(&node, value)?;
        }
        Ok(node)
    }

    /// The probe itself: a constant.
    fn constant(
        &mut self,
        probe: ProbeKind,
        placeholder: Node<'py>,
        place: &NodePlace<'py>,
    ) -> PyResult<Node<'py>> {
        self.probes.push(probe);
        let constant = self.tree.kinds.Constant.bind(self.tree.py).call1((placeholder,))?;
        place.give(&constant)?;
        Ok(constant)
    }

    /// Where a node begins, in bytes of the text.
    fn offset(&self, node: &Node<'py>) -> PyResult<Option<u32>> {
        let line: i64 = node.getattr(intern!(self.tree.py, "lineno"))?.extract()?;
        let column = node.getattr(intern!(self.tree.py, "col_offset"))?.extract()?;
        Ok(self.lines.offset(line + i64::from(self.lines_before), column))
    }

    /// The probe of a function or lambda that is entered.
    pub(super) fn enter(&self, node: &Node<'py>) -> PyResult<ProbeKind> {
        let scope = match self.offset(node)? {
            Some(start) => self.unit.scope_at(start),
            None => None,
        };
        let nonlocal = match self.tree.kind(node) {
            Kind::Lambda => false,
            _ => self.binds_nonlocal(&self.tree.list(node, "body")?)?,
        };
        Ok(ProbeKind::Enter { source: self.source, scope, nonlocal, announced: false })
    }

    /// Whether a function's body, those of functions in it left out, declares `nonlocal`.
    fn binds_nonlocal(&self, body: &Bound<'py, PyList>) -> PyResult<bool> {
        for node in body.iter() {
            match self.tree.kind(&node) {
                Kind::Nonlocal => return Ok(true),
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef => continue,
                _ => {}
            }
            for field in ["body", "orelse", "finalbody", "handlers"] {
                if let Ok(inner) = node.getattr(field)
                    && let Ok(inner) = inner.cast_into::<PyList>()
                    && self.binds_nonlocal(&inner)?
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
