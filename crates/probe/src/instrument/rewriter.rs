//! Rewriter: makes the nodes that stand for probes, and keeps what each of them is for.

use std::collections::HashSet;

use clew_graph::SourceId;
use clew_syntax::{Range, StatementId, Unit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::syntax_tree::{Kind, Node, Tree, shape};
use crate::line_index::LineIndex;
use crate::probe::{self, ProbeKind};

/// Goes through a tree and changes it in place.
pub(super) struct Rewriter<'py, 'a> {
    pub(super) tree: Tree<'py>,
    pub(super) unit: &'a Unit,
    pub(super) source: SourceId,
    lines: LineIndex,
    /// What the probes are for, by the numbers of their placeholders.
    pub(super) probes: Vec<ProbeKind>,
    /// How deep in an expression it is.
    pub(super) depth: usize,
    /// Whether expressions that stand alone are displayed, as in an interactive shell.
    displays: bool,
    /// For the module and each function around the place at hand: the names that it binds only to
    /// constants and results of operators, so that `name += 1` cannot change anybody else's value.
    pub(super) settled: Vec<HashSet<String>>,
}

impl<'py, 'a> Rewriter<'py, 'a> {
    pub(super) fn new(py: Python<'py>, unit: &'a Unit, source: SourceId) -> PyResult<Self> {
        Ok(Self {
            tree: Tree::new(py)?,
            unit,
            source,
            lines: LineIndex::new(unit.text()),
            probes: Vec::new(),
            depth: 0,
            displays: false,
            settled: Vec::new(),
        })
    }

    /// The same for a text whose expressions are displayed where they stand alone.
    pub(super) fn displaying(mut self, displays: bool) -> Self {
        self.displays = displays;
        self
    }

    /// `-probe` as a statement.
    pub(super) fn announce(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        let negated = self.negated(probe, place)?;
        self.alone(&negated, place)
    }

    /// A probe's expression as a statement. Where such would be displayed, it is the test of an `if` that
    /// does nothing; what is compared is the identity, for which none of the program's code runs.
    pub(super) fn alone(
        &mut self,
        expression: &Node<'py>,
        place: &Node<'py>,
    ) -> PyResult<Node<'py>> {
        let (py, kinds) = (self.tree.py, self.tree.kinds);
        if !self.displays {
            let statement = kinds.Expr.bind(py).call1((expression,))?;
            self.tree.locate(&statement, place)?;
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
            self.tree.locate(node, place)?;
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
        let constant = self.constant(probe, place)?;
        let minus = self.tree.kinds.USub.bind(self.tree.py).call0()?;
        let negated = self.tree.kinds.UnaryOp.bind(self.tree.py).call1((minus, constant))?;
        self.tree.locate(&negated, place)?;
        Ok(negated)
    }

    /// `probe[value]`, at the place of the value. Of a constant there is nothing to report.
    ///
    /// The probe itself is where the value's evaluation begins, so that no line is begun before
    /// its time. CPython places an attribute at its name, which may be on a later line than the
    /// value begins; the look at it is to stay there.
    pub(super) fn wrapped(&mut self, probe: ProbeKind, value: &Node<'py>) -> PyResult<Node<'py>> {
        if self.tree.kind(value) == Kind::Constant {
            return Ok(value.clone());
        }
        let constant = self.constant(probe, &self.tree.first_evaluated(value)?)?;
        let load = self.tree.kinds.Load.bind(self.tree.py).call0()?;
        let node = self.tree.kinds.Subscript.bind(self.tree.py).call1((constant, value, load))?;
        if self.tree.kind(value) == Kind::Attribute && self.tree.is_spread(value)? {
            self.tree.locate_nowhere(&node)?;
        } else {
            self.tree.locate(&node, value)?;
        }
        Ok(node)
    }

    /// The probe itself: a constant.
    fn constant(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        let placeholder = probe::placeholder(self.tree.py, self.probes.len())?;
        self.probes.push(probe);
        let constant = self
            .tree
            .kinds
            .Constant
            .bind(self.tree.py)
            .call1((placeholder, self.tree.py.None()))?;
        self.tree.locate(&constant, place)?;
        Ok(constant)
    }

    /// Where a node begins, in bytes of the text.
    fn offset(&self, node: &Node<'py>) -> PyResult<Option<u32>> {
        let line = node.getattr(intern!(self.tree.py, "lineno"))?.extract()?;
        let column = node.getattr(intern!(self.tree.py, "col_offset"))?.extract()?;
        Ok(self.lines.offset(line, column))
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
        Ok(ProbeKind::Enter { source: self.source, scope, nonlocal })
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
