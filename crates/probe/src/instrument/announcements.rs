//! Announcements: a probe before every statement at module level, and at the end of guarded bodies.

use clew_graph::SourceId;
use clew_syntax::{Statement, StatementId, Suite};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::rewriter::Rewriter;
use super::syntax_tree::{Kind, Node, shape};
use crate::probe::ProbeKind;

impl<'py> Rewriter<'py, '_> {
    /// The statements with which a text begins.
    pub(super) fn module(
        &mut self,
        body: &Bound<'py, PyList>,
        statements: &[StatementId],
    ) -> PyResult<()> {
        self.traced_suite(body, statements, true)
    }

    /// Statements of a text that come later.
    pub(super) fn later_part(
        &mut self,
        body: &Bound<'py, PyList>,
        statements: &[StatementId],
    ) -> PyResult<()> {
        self.traced_suite(body, statements, false)
    }

    /// The body of a function whose statements are announced.
    pub(super) fn body(
        &mut self,
        body: &Bound<'py, PyList>,
        definition: StatementId,
    ) -> PyResult<()> {
        let statement: &Statement = self.unit.statement(definition);
        let statements = statement.suite(Suite::Body).map(|body| body.statements.clone());
        self.traced_suite(body, &statements.unwrap_or_default(), true)?;
        body.append(self.end(definition)?)
    }

    /// Puts a body, but for what must stand first, into a `try` that says when it has ended and whether it raised.
    pub(super) fn say_end(
        &mut self,
        body: &Bound<'py, PyList>,
        first: usize,
        (source, scope): (SourceId, usize),
    ) -> PyResult<()> {
        let (py, kinds) = (self.tree.py, self.tree.kinds);
        let nowhere = kinds.Constant.bind(py).call1((py.None(), py.None()))?;
        self.tree.locate_nowhere(&nowhere)?;
        let mut leave =
            |raised| self.announce(ProbeKind::Leave { source, scope, raised }, &nowhere);
        let (raised, ended) = (leave(true)?, leave(false)?);
        let again = kinds.Raise.bind(py).call1((py.None(), py.None()))?;
        let handled = PyList::new(py, [&raised, &again])?;
        let handler = kinds.ExceptHandler.bind(py).call1((py.None(), py.None(), handled))?;
        let inner = body.get_slice(first, body.len());
        let outer = kinds.Try.bind(py).call1((
            inner,
            PyList::new(py, [&handler])?,
            PyList::empty(py),
            PyList::new(py, [&ended])?,
        ))?;
        for node in [&again, &handler, &outer] {
            self.tree.locate_nowhere(node)?;
        }
        body.set_slice(first, body.len(), PyList::new(py, [outer])?.as_any())
    }

    /// Some statements of a text, as a shell compiles them one by one, or an expression of it that it
    /// evaluates.
    pub(super) fn part(&mut self, tree: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        if self.tree.kind(tree) == Kind::Expression {
            let body = tree.getattr(intern!(py, "body"))?;
            let statement = self.top_statement(&body)?;
            let probe = ProbeKind::Begin { source: self.source, statement };
            let place = self.tree.first_evaluated(&body)?;
            let announced = self.negated(probe, &place)?;
            let none = self.tree.kinds.Constant.bind(py).call1((py.None(), py.None()))?;
            self.tree.locate(&none, &place)?;
            // An announcement is `None`, so that what is evaluated is the expression.
            let evaluated = self.expression(&body)?;
            let both = self.tree.kinds.IfExp.bind(py).call1((announced, none, &evaluated))?;
            self.tree.locate(&both, &body)?;
            return tree.setattr(intern!(py, "body"), both);
        }
        let body = self.tree.list(tree, "body")?;
        let statements: Vec<StatementId> =
            body.iter().map(|node| self.top_statement(&node)).collect::<PyResult<_>>()?;
        self.traced_suite(&body, &statements, self.tree.kind(tree) == Kind::Module)
    }

    /// A suite at module level whose statements are announced one by one.
    fn traced_suite(
        &mut self,
        body: &Bound<'py, PyList>,
        statements: &[StatementId],
        module: bool,
    ) -> PyResult<()> {
        let nodes: Vec<Node<'py>> = body.iter().collect();
        if nodes.len() != statements.len() {
            return Err(shape("the two parsers count different statements"));
        }
        let mut out: Vec<Node<'py>> = Vec::with_capacity(nodes.len() * 2);
        // A docstring and `from __future__` imports must stay the first statements.
        let mut prologue = module;
        for (at, (node, &id)) in nodes.iter().zip(statements).enumerate() {
            let kind = self.tree.kind(node);
            prologue = prologue
                && (at == 0 && self.tree.is_docstring(node)? || self.tree.is_future(node)?);
            let begin = if prologue { None } else { Some(self.begin(node, id)?) };
            match kind {
                Kind::If => {
                    self.replace(node, "test")?;
                    self.traced_suites(
                        node,
                        id,
                        &[("body", Suite::Body), ("orelse", Suite::Else)],
                    )?;
                }
                Kind::With | Kind::AsyncWith => {
                    self.managers(node)?;
                    self.traced_suites(node, id, &[("body", Suite::Body)])?;
                    self.tree.list(node, "body")?.append(self.end(id)?)?;
                }
                Kind::Try | Kind::TryStar => self.traced_try(node, id)?,
                Kind::For => self.loop_over(node, ProbeKind::GoThrough)?,
                _ => self.statement(node)?,
            }
            out.extend(begin);
            out.push(node.clone());
        }
        body.set_slice(0, body.len(), PyList::new(self.tree.py, out)?.as_any())
    }

    fn traced_suites(
        &mut self,
        node: &Node<'py>,
        id: StatementId,
        suites: &[(&str, Suite)],
    ) -> PyResult<()> {
        for &(field, suite) in suites {
            let statement: &Statement = self.unit.statement(id);
            let statements = statement.suite(suite).map(|body| body.statements.clone());
            let body = self.tree.list(node, field)?;
            self.traced_suite(&body, &statements.unwrap_or_default(), false)?;
        }
        Ok(())
    }

    fn traced_try(&mut self, node: &Node<'py>, id: StatementId) -> PyResult<()> {
        self.traced_suites(node, id, &[("body", Suite::Body)])?;
        self.tree.list(node, "body")?.append(self.end(id)?)?;
        for (at, handler) in self.tree.list(node, "handlers")?.iter().enumerate() {
            self.replace(&handler, "type")?;
            self.traced_suites(&handler, id, &[("body", Suite::Handler(at as u32))])?;
        }
        self.traced_suites(node, id, &[("orelse", Suite::Else), ("finalbody", Suite::Finally)])?;
        // The function may have returned before, and end with it.
        let last = self.tree.list(node, "finalbody")?;
        if let Some(definition) = self.in_announced.filter(|_| !last.is_empty()) {
            last.append(self.end(definition)?)?;
        }
        Ok(())
    }

    /// `-probe` as a statement, at the place of the statement that it announces.
    fn begin(&mut self, node: &Node<'py>, id: StatementId) -> PyResult<Node<'py>> {
        let probe = ProbeKind::Begin { source: self.source, statement: id };
        let place = self.tree.first_evaluated(node)?;
        self.announce(probe, &place)
    }

    /// `-probe` as the last statement of a suite that has come to its end. It stands nowhere, so
    /// that no trace function is given a line.
    fn end(&mut self, id: StatementId) -> PyResult<Node<'py>> {
        let py = self.tree.py;
        let nowhere = self.tree.kinds.Constant.bind(py).call1((py.None(), py.None()))?;
        self.tree.locate_nowhere(&nowhere)?;
        self.announce(ProbeKind::End { source: self.source, statement: id }, &nowhere)
    }
}
