//! Instrumenting: CPython's own syntax tree, with a probe at every place where a value may be
//! called, changed, consumed or entered.
//!
//! A probe is a constant of the code object, never a name, so no namespace shows it. Expressions
//! `f` become `probe[f]`, which evaluates to `f`; statements are announced by `-probe`. Both are
//! one instruction on a constant, leave no Python frame, and keep the locations of what they
//! stand beside, so that tracebacks and their carets are CPython's own.

use std::collections::{HashMap, HashSet};

use clew_graph::SourceId;
use clew_syntax::{Statement, StatementId, Suite, Unit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyType};

use crate::probe::{self, ProbeKind};
use crate::twin;

/// How much stack must be left for one more level of a tree, and how much is added where it is not.
const RED_ZONE: usize = 128 * 1024;
const STACK: usize = 4 * 1024 * 1024;

/// How deep a syntax tree may be before it is left alone. CPython's own compiler gives up earlier.
const MAX_DEPTH: usize = 6_000;

/// A text's code object with probes in it.
pub(crate) struct Instrumented {
    /// The code object of the whole text.
    pub(crate) code: Py<PyAny>,
}

/// Compiles a syntax tree of CPython's with probes in it. The tree is changed in place.
///
/// # Errors
/// When a tree has a shape that is not known, or CPython will not compile the outcome. The caller
/// runs the text as it is then.
pub(crate) fn instrument(
    py: Python<'_>,
    tree: &Bound<'_, PyAny>,
    file: &Bound<'_, PyAny>,
    flags: i32,
    original: &Bound<'_, PyAny>,
    unit: &Unit,
    source: SourceId,
) -> PyResult<Instrumented> {
    let kinds = Kinds::get(py)?;
    let mut walk = Walk {
        py,
        kinds,
        unit,
        source,
        lines: LineIndex::new(unit.text()),
        probes: Vec::new(),
        depth: 0,
        settled: vec![],
    };
    let body = walk.list(tree, "body")?;
    let settled = walk.settled_names(&body)?;
    walk.settled.push(settled);
    walk.module(tree)?;
    let code = compile_quietly(py, tree, file, flags)?;
    #[cfg(all(Py_3_13, not(Py_3_14)))]
    let code = crate::static_attributes::restored(&code, original)?.unwrap_or(code);
    let probes = std::mem::take(&mut walk.probes);
    probe::install(&code, &probes)?;
    twin::pair(&code, original)?;
    Ok(Instrumented { code: code.unbind() })
}

/// Compiles a tree or text while no warning is shown or raised.
fn compile_quietly<'py>(
    py: Python<'py>,
    tree: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    flags: i32,
) -> PyResult<Bound<'py, PyAny>> {
    with_warnings(py, "ignore", || compile(py, tree, file, flags))
}

/// `compile(source, file, "exec", flags, dont_inherit=True)`.
pub(crate) fn compile<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    flags: i32,
) -> PyResult<Bound<'py, PyAny>> {
    static COMPILE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let compile = COMPILE.get_or_try_init(py, || {
        PyResult::Ok(py.import("builtins")?.getattr("compile")?.unbind())
    })?;
    compile.bind(py).call1((source, file, intern!(py, "exec"), flags, true))
}

/// Runs `body` with every warning ignored or turned into an error; the user's filters stand again
/// afterwards.
pub(crate) fn with_warnings<T>(
    py: Python<'_>,
    action: &str,
    body: impl FnOnce() -> PyResult<T>,
) -> PyResult<T> {
    let warnings = py.import("_warnings")?;
    let filters = warnings.getattr("filters")?.cast_into::<PyList>()?;
    let category = py.import("builtins")?.getattr("Warning")?;
    let mutated = |module: &Bound<'_, PyModule>| module.call_method0("_filters_mutated").map(drop);
    filters.insert(0, (action, py.None(), category, py.None(), 0))?;
    mutated(&warnings)?;
    let outcome = body();
    filters.del_item(0)?;
    mutated(&warnings)?;
    outcome
}

/// The byte at which each line begins, by CPython's idea of a line.
pub(crate) struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => {
                    at += 1;
                    starts.push(at as u32 + 1);
                }
                b'\n' | b'\r' => starts.push(at as u32 + 1),
                _ => {}
            }
            at += 1;
        }
        Self { starts }
    }

    /// The byte of a place that CPython gives as a line from 1 and a column in bytes.
    pub(crate) fn offset(&self, line: i64, column: i64) -> Option<u32> {
        let start = self.starts.get(usize::try_from(line).ok()?.checked_sub(1)?)?;
        start.checked_add(u32::try_from(column).ok()?)
    }
}

macro_rules! kinds {
    ($($name:ident),* $(,)?) => {
        /// The node classes of `_ast` that instrumenting looks at.
        #[expect(non_snake_case, reason = "the fields are CPython's own class names")]
        struct Kinds { $($name: Py<PyType>,)* }

        /// Which of them a node is an instance of.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        enum Kind { $($name,)* Other }

        impl Kinds {
            fn load(py: Python<'_>) -> PyResult<Self> {
                let module = py.import("_ast")?;
                Ok(Self {
                    $($name: module.getattr(stringify!($name))?.cast_into::<PyType>()?.unbind(),)*
                })
            }

            fn of(&self, node: &Bound<'_, PyAny>) -> Kind {
                let class = node.get_type();
                $(if class.is(&self.$name) { return Kind::$name; })*
                Kind::Other
            }
        }
    };
}

kinds! {
    Name, Constant, Call, Attribute, Expr, Assign, Subscript, BinOp, Compare, Tuple, List,
    If, For, FunctionDef, AugAssign, Import, ImportFrom, Return, JoinedStr, FormattedValue, Dict,
    UnaryOp, BoolOp, IfExp, Starred, Lambda, ListComp, SetComp, DictComp, GeneratorExp,
    While, With, AsyncFor, AsyncWith, AsyncFunctionDef, ClassDef,
    AnnAssign, Delete, Try, TryStar, ExceptHandler, Match, Global, Nonlocal,
    Slice, NamedExpr, Store, Del, Load, USub, Or, Raise, Assert, Yield, YieldFrom,
    Await, Set, In, NotIn,
}

impl Kinds {
    fn get(py: Python<'_>) -> PyResult<&Self> {
        static KINDS: PyOnceLock<Kinds> = PyOnceLock::new();
        KINDS.get_or_try_init(py, || Self::load(py))
    }
}

type Node<'py> = Bound<'py, PyAny>;

struct Walk<'py, 'a> {
    py: Python<'py>,
    kinds: &'py Kinds,
    unit: &'a Unit,
    source: SourceId,
    lines: LineIndex,
    probes: Vec<ProbeKind>,
    depth: usize,
    /// For the module and each function around the place at hand: the names that it binds only to
    /// constants and results of operators, so that `name += 1` cannot change anybody else's value.
    settled: Vec<HashSet<String>>,
}

impl<'py> Walk<'py, '_> {
    fn module(&mut self, tree: &Node<'py>) -> PyResult<()> {
        let body = self.list(tree, "body")?;
        let top: Vec<StatementId> = self.unit.top().to_vec();
        self.traced_suite(&body, &top, true)
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
            let kind = self.kinds.of(node);
            prologue = prologue && (at == 0 && self.is_docstring(node)? || self.is_future(node)?);
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
                Kind::With => {
                    self.managers(node)?;
                    self.traced_suites(node, id, &[("body", Suite::Body)])?;
                    self.list(node, "body")?.append(self.end(id)?)?;
                }
                Kind::Try | Kind::TryStar => self.traced_try(node, id)?,
                Kind::For => self.loop_over(node, ProbeKind::GoThrough)?,
                _ => self.statement(node)?,
            }
            out.extend(begin);
            out.push(node.clone());
        }
        body.set_slice(0, body.len(), PyList::new(self.py, out)?.as_any())
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
            let body = self.list(node, field)?;
            self.traced_suite(&body, &statements.unwrap_or_default(), false)?;
        }
        Ok(())
    }

    fn traced_try(&mut self, node: &Node<'py>, id: StatementId) -> PyResult<()> {
        self.traced_suites(node, id, &[("body", Suite::Body)])?;
        self.list(node, "body")?.append(self.end(id)?)?;
        for (at, handler) in self.list(node, "handlers")?.iter().enumerate() {
            self.replace(&handler, "type")?;
            self.traced_suites(&handler, id, &[("body", Suite::Handler(at as u32))])?;
        }
        self.traced_suites(node, id, &[("orelse", Suite::Else), ("finalbody", Suite::Finally)])
    }

    /// `-probe` as the last statement of a suite that has come to its end. It stands nowhere, so
    /// that no trace function hears of a line.
    fn end(&mut self, id: StatementId) -> PyResult<Node<'py>> {
        let py = self.py;
        let nowhere = self.kinds.Constant.bind(py).call1((py.None(), py.None()))?;
        self.locate_nowhere(&nowhere)?;
        self.announce(ProbeKind::End { source: self.source, statement: id }, &nowhere)
    }

    /// What stands nowhere belongs, for CPython, to the place of what is done before it.
    fn locate_nowhere(&self, node: &Node<'py>) -> PyResult<()> {
        for name in ["lineno", "col_offset", "end_lineno", "end_col_offset"] {
            node.setattr(name, -1)?;
        }
        Ok(())
    }

    /// The managers of a `with`, each looked at before it is entered.
    fn managers(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.py;
        for item in self.list(node, "items")?.iter() {
            self.replace(&item, "context_expr")?;
            let managed = item.getattr(intern!(py, "context_expr"))?;
            let wrapped = self.wrapped(ProbeKind::Manage, &managed)?;
            item.setattr(intern!(py, "context_expr"), wrapped)?;
            self.replace(&item, "optional_vars")?;
        }
        Ok(())
    }

    fn is_docstring(&self, node: &Node<'py>) -> PyResult<bool> {
        if self.kinds.of(node) != Kind::Expr {
            return Ok(false);
        }
        let value = node.getattr(intern!(self.py, "value"))?;
        Ok(self.kinds.of(&value) == Kind::Constant
            && value.getattr(intern!(self.py, "value"))?.is_instance_of::<PyString>())
    }

    fn is_future(&self, node: &Node<'py>) -> PyResult<bool> {
        if self.kinds.of(node) != Kind::ImportFrom {
            return Ok(false);
        }
        let module = node.getattr(intern!(self.py, "module"))?;
        Ok(!module.is_none() && module.eq("__future__")?)
    }

    /// `-probe` as a statement, at the place of the statement that it announces.
    fn begin(&mut self, node: &Node<'py>, id: StatementId) -> PyResult<Node<'py>> {
        let probe = ProbeKind::Begin { source: self.source, statement: id };
        let place = self.first_evaluated(node)?;
        self.announce(probe, &place)
    }

    /// The part of a statement that is evaluated first: where its first line event comes from.
    fn first_evaluated(&self, node: &Node<'py>) -> PyResult<Node<'py>> {
        let py = self.py;
        let mut node = node.clone();
        for _ in 0..MAX_DEPTH {
            let first = |field: &str| -> PyResult<Option<Node<'py>>> {
                Ok(self.list(&node, field)?.iter().next())
            };
            let inner = match self.kinds.of(&node) {
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef => {
                    first("decorator_list")?
                }
                Kind::Expr
                | Kind::Assign
                | Kind::AnnAssign
                | Kind::Return
                | Kind::Attribute
                | Kind::Subscript
                | Kind::Starred
                | Kind::NamedExpr
                | Kind::Await
                | Kind::FormattedValue => Some(node.getattr(intern!(py, "value"))?),
                Kind::Call => Some(node.getattr(intern!(py, "func"))?),
                Kind::BinOp | Kind::Compare => Some(node.getattr(intern!(py, "left"))?),
                Kind::UnaryOp => Some(node.getattr(intern!(py, "operand"))?),
                Kind::IfExp | Kind::If | Kind::While | Kind::Assert => {
                    Some(node.getattr(intern!(py, "test"))?)
                }
                Kind::For | Kind::AsyncFor => Some(node.getattr(intern!(py, "iter"))?),
                Kind::BoolOp | Kind::JoinedStr => first("values")?,
                Kind::List | Kind::Tuple | Kind::Set => first("elts")?,
                _ => None,
            };
            match inner {
                Some(inner) if !inner.is_none() => node = inner,
                _ => break,
            }
        }
        Ok(node)
    }

    fn announce(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        let negated = self.negated(probe, place)?;
        let statement = self.kinds.Expr.bind(self.py).call1((negated,))?;
        self.locate(&statement, place)?;
        Ok(statement)
    }

    fn negated(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        let constant = self.constant(probe, place)?;
        let minus = self.kinds.USub.bind(self.py).call0()?;
        let negated = self.kinds.UnaryOp.bind(self.py).call1((minus, constant))?;
        self.locate(&negated, place)?;
        Ok(negated)
    }

    /// `probe[value]`, at the place of the value. Of a constant there is nothing to tell.
    ///
    /// The probe itself is where the value's evaluation begins, so that no line is begun before
    /// its time. CPython places an attribute at its name, which may be on a later line than the
    /// value begins; the look at it is to stay there.
    fn wrapped(&mut self, probe: ProbeKind, value: &Node<'py>) -> PyResult<Node<'py>> {
        if self.kinds.of(value) == Kind::Constant {
            return Ok(value.clone());
        }
        let constant = self.constant(probe, &self.first_evaluated(value)?)?;
        let load = self.kinds.Load.bind(self.py).call0()?;
        let node = self.kinds.Subscript.bind(self.py).call1((constant, value, load))?;
        if self.kinds.of(value) == Kind::Attribute && self.is_spread(value)? {
            self.locate_nowhere(&node)?;
        } else {
            self.locate(&node, value)?;
        }
        Ok(node)
    }

    /// Whether a node ends on another line than it begins.
    fn is_spread(&self, node: &Node<'py>) -> PyResult<bool> {
        let line = node.getattr(intern!(self.py, "lineno"))?;
        Ok(!line.eq(node.getattr(intern!(self.py, "end_lineno"))?)?)
    }

    fn constant(&mut self, probe: ProbeKind, place: &Node<'py>) -> PyResult<Node<'py>> {
        let placeholder = probe::placeholder(self.py, self.probes.len())?;
        self.probes.push(probe);
        let constant = self.kinds.Constant.bind(self.py).call1((placeholder, self.py.None()))?;
        self.locate(&constant, place)?;
        Ok(constant)
    }

    fn locate(&self, node: &Node<'py>, place: &Node<'py>) -> PyResult<()> {
        let py = self.py;
        for name in [
            intern!(py, "lineno"),
            intern!(py, "col_offset"),
            intern!(py, "end_lineno"),
            intern!(py, "end_col_offset"),
        ] {
            node.setattr(name, place.getattr(name)?)?;
        }
        Ok(())
    }

    fn list(&self, node: &Node<'py>, field: &str) -> PyResult<Bound<'py, PyList>> {
        Ok(node.getattr(field)?.cast_into::<PyList>()?)
    }

    /// Where a node begins, in bytes of the text.
    fn offset(&self, node: &Node<'py>) -> PyResult<Option<u32>> {
        let line = node.getattr(intern!(self.py, "lineno"))?.extract()?;
        let column = node.getattr(intern!(self.py, "col_offset"))?.extract()?;
        Ok(self.lines.offset(line, column))
    }

    fn enter(&self, node: &Node<'py>) -> PyResult<ProbeKind> {
        let scope = match self.offset(node)? {
            Some(start) => self.unit.scope_at(start),
            None => None,
        };
        let nonlocal = match self.kinds.of(node) {
            Kind::Lambda => false,
            _ => self.binds_nonlocal(&self.list(node, "body")?)?,
        };
        Ok(ProbeKind::Enter { source: self.source, scope, nonlocal })
    }

    /// Whether a function's body, those of functions in it left out, declares `nonlocal`.
    fn binds_nonlocal(&self, body: &Bound<'py, PyList>) -> PyResult<bool> {
        for node in body.iter() {
            match self.kinds.of(&node) {
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

    /// A suite that runs natively; its statements are not announced.
    fn suite(&mut self, body: &Bound<'py, PyList>) -> PyResult<()> {
        let nodes: Vec<Node<'py>> = body.iter().collect();
        let mut out: Vec<Node<'py>> = Vec::with_capacity(nodes.len());
        for node in nodes {
            if self.kinds.of(&node) == Kind::AugAssign
                && let Some(probe) = self.augmented_name(&node)?
            {
                out.push(probe);
            }
            self.statement(&node)?;
            out.push(node);
        }
        if out.len() != body.len() {
            body.set_slice(0, body.len(), PyList::new(self.py, out)?.as_any())?;
        }
        Ok(())
    }

    /// `probe[name]` as a statement before `name += …`, which may change the value in place.
    fn augmented_name(&mut self, node: &Node<'py>) -> PyResult<Option<Node<'py>>> {
        let target = node.getattr(intern!(self.py, "target"))?;
        if self.kinds.of(&target) != Kind::Name {
            return Ok(None);
        }
        let name: String = target.getattr(intern!(self.py, "id"))?.extract()?;
        if self.settled.last().is_some_and(|names| names.contains(&name)) {
            return Ok(None);
        }
        let load = self.kinds.Load.bind(self.py).call0()?;
        let read = self.kinds.Name.bind(self.py).call1((name, load))?;
        self.locate(&read, &target)?;
        let wrapped = self.wrapped(ProbeKind::Augment, &read)?;
        let statement = self.kinds.Expr.bind(self.py).call1((wrapped,))?;
        self.locate(&statement, &target)?;
        Ok(Some(statement))
    }

    fn statement(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.py;
        match self.kinds.of(node) {
            Kind::FunctionDef | Kind::AsyncFunctionDef => self.function(node),
            Kind::ClassDef => {
                self.decorators(node)?;
                self.replace_list(node, "bases")?;
                for keyword in self.list(node, "keywords")?.iter() {
                    self.replace(&keyword, "value")?;
                }
                let body = self.list(node, "body")?;
                self.suite(&body)
            }
            Kind::If => {
                self.replace(node, "test")?;
                self.suites(node, &["body", "orelse"])
            }
            Kind::While => {
                self.replace(node, "test")?;
                self.suites(node, &["body", "orelse"])
            }
            Kind::For | Kind::AsyncFor => self.loop_over(node, ProbeKind::Iterate),
            Kind::With | Kind::AsyncWith => {
                self.managers(node)?;
                self.suites(node, &["body"])
            }
            Kind::Try | Kind::TryStar => {
                self.suites(node, &["body", "orelse", "finalbody"])?;
                for handler in self.list(node, "handlers")?.iter() {
                    self.replace(&handler, "type")?;
                    self.suites(&handler, &["body"])?;
                }
                Ok(())
            }
            Kind::Match => {
                self.replace(node, "subject")?;
                for case in self.list(node, "cases")?.iter() {
                    self.replace(&case, "guard")?;
                    self.suites(&case, &["body"])?;
                }
                Ok(())
            }
            Kind::Assign => {
                self.replace(node, "value")?;
                let targets = self.list(node, "targets")?;
                let spread = targets
                    .iter()
                    .any(|target| matches!(self.kinds.of(&target), Kind::Tuple | Kind::List));
                if spread {
                    let value = node.getattr(intern!(py, "value"))?;
                    if !matches!(self.kinds.of(&value), Kind::Tuple | Kind::List | Kind::Constant) {
                        let wrapped = self.wrapped(ProbeKind::Iterate, &value)?;
                        node.setattr(intern!(py, "value"), wrapped)?;
                    }
                }
                self.replace_list(node, "targets")
            }
            Kind::AugAssign => {
                let target = node.getattr(intern!(py, "target"))?;
                if matches!(self.kinds.of(&target), Kind::Attribute | Kind::Subscript) {
                    self.replace(&target, "value")?;
                    if self.kinds.of(&target) == Kind::Subscript {
                        self.replace(&target, "slice")?;
                    }
                    let object = target.getattr(intern!(py, "value"))?;
                    let wrapped = self.wrapped(ProbeKind::StoreAugmented, &object)?;
                    target.setattr(intern!(py, "value"), wrapped)?;
                }
                self.replace(node, "value")
            }
            Kind::AnnAssign => {
                self.replace(node, "target")?;
                self.replace(node, "value")
            }
            Kind::Delete => self.replace_list(node, "targets"),
            Kind::Expr | Kind::Return => self.replace(node, "value"),
            Kind::Raise => {
                self.replace(node, "exc")?;
                self.replace(node, "cause")
            }
            Kind::Assert => {
                self.replace(node, "test")?;
                self.replace(node, "msg")
            }
            // Imports, pass, break, continue, global, nonlocal and type aliases hold no expression
            // that runs in place; a statement that is not known is left as it is.
            _ => Ok(()),
        }
    }

    /// A `for`, with a probe at what it goes through.
    fn loop_over(&mut self, node: &Node<'py>, probe: ProbeKind) -> PyResult<()> {
        let py = self.py;
        self.replace(node, "target")?;
        self.replace(node, "iter")?;
        let iterated = node.getattr(intern!(py, "iter"))?;
        node.setattr(intern!(py, "iter"), self.wrapped(probe, &iterated)?)?;
        self.suites(node, &["body", "orelse"])
    }

    fn suites(&mut self, node: &Node<'py>, fields: &[&str]) -> PyResult<()> {
        for field in fields {
            let body = self.list(node, field)?;
            self.suite(&body)?;
        }
        Ok(())
    }

    fn decorators(&mut self, node: &Node<'py>) -> PyResult<()> {
        let decorators = self.list(node, "decorator_list")?;
        for at in 0..decorators.len() {
            let decorator = decorators.get_item(at)?;
            let inner = self.expression(&decorator)?;
            let root = self.root_of(&decorator)?;
            decorators.set_item(at, self.wrapped(ProbeKind::Call { root }, &inner)?)?;
        }
        Ok(())
    }

    fn function(&mut self, node: &Node<'py>) -> PyResult<()> {
        self.decorators(node)?;
        let arguments = node.getattr(intern!(self.py, "args"))?;
        self.defaults(&arguments)?;
        let enter = self.enter(node)?;
        let body = self.list(node, "body")?;
        let settled = self.settled_names(&body)?;
        self.settled.push(settled);
        let outcome = self.suite(&body);
        self.settled.pop();
        outcome?;
        let first = body.get_item(0)?;
        let at = usize::from(self.is_docstring(&first)?);
        // A body of nothing but a docstring has nothing to tell.
        if at < body.len() {
            let place = self.first_evaluated(&body.get_item(at)?)?;
            let announced = self.announce(enter, &place)?;
            body.insert(at, announced)?;
            if let Some(filled) = self.filled(node, &place)? {
                body.insert(at + 1, filled)?;
            }
        }
        Ok(())
    }

    /// A statement that says which instance keeps what a function computes, where it is a cached
    /// property.
    fn filled(&mut self, node: &Node<'py>, place: &Node<'py>) -> PyResult<Option<Node<'py>>> {
        let py = self.py;
        let mut caches = false;
        for decorator in self.list(node, "decorator_list")?.iter() {
            // The decorators are within probes by now.
            let decorator = decorator.getattr(intern!(py, "slice")).unwrap_or(decorator);
            let name = ["id", "attr"].iter().find_map(|field| decorator.getattr(*field).ok());
            caches |= name.is_some_and(|name| {
                name.extract::<String>().is_ok_and(|name| name == "cached_property")
            });
        }
        let arguments = node.getattr(intern!(py, "args"))?;
        let first = ["posonlyargs", "args"].into_iter().find_map(|field| {
            self.list(&arguments, field).ok().and_then(|list| list.get_item(0).ok())
        });
        let Some(first) = first.filter(|_| caches) else { return Ok(None) };
        let load = self.kinds.Load.bind(py).call0()?;
        let read = self.kinds.Name.bind(py).call1((first.getattr(intern!(py, "arg"))?, load))?;
        self.locate(&read, place)?;
        let wrapped = self.wrapped(ProbeKind::Fill, &read)?;
        let statement = self.kinds.Expr.bind(py).call1((wrapped,))?;
        self.locate(&statement, place)?;
        Ok(Some(statement))
    }

    fn defaults(&mut self, arguments: &Node<'py>) -> PyResult<()> {
        self.replace_list(arguments, "defaults")?;
        self.replace_list(arguments, "kw_defaults")
    }

    /// The names that a suite, with those in it, binds only to constants and results of operators.
    fn settled_names(&self, body: &Bound<'py, PyList>) -> PyResult<HashSet<String>> {
        let mut names = HashMap::new();
        // An assignment may hide in any expression then.
        if self.unit.text().contains(":=") || !self.collect_bindings(body, &mut names)? {
            return Ok(HashSet::new());
        }
        Ok(names.into_iter().filter(|&(_, settled)| settled).map(|(name, _)| name).collect())
    }

    /// Whether each name that a suite binds is settled; `false` when that cannot be told.
    fn collect_bindings(
        &self,
        body: &Bound<'py, PyList>,
        names: &mut HashMap<String, bool>,
    ) -> PyResult<bool> {
        let py = self.py;
        for node in body.iter() {
            match self.kinds.of(&node) {
                Kind::Assign | Kind::AnnAssign => {
                    let value = node.getattr(intern!(py, "value"))?;
                    let settled = matches!(
                        self.kinds.of(&value),
                        Kind::Constant
                            | Kind::BinOp
                            | Kind::UnaryOp
                            | Kind::Compare
                            | Kind::JoinedStr
                    );
                    if self.kinds.of(&node) == Kind::Assign {
                        for target in self.list(&node, "targets")?.iter() {
                            self.collect_target(&target, settled, names)?;
                        }
                    } else {
                        self.collect_target(&node.getattr(intern!(py, "target"))?, settled, names)?;
                    }
                }
                Kind::For | Kind::AsyncFor => {
                    self.collect_target(&node.getattr(intern!(py, "target"))?, false, names)?;
                }
                Kind::With | Kind::AsyncWith => {
                    for item in self.list(&node, "items")?.iter() {
                        let target = item.getattr(intern!(py, "optional_vars"))?;
                        self.collect_target(&target, false, names)?;
                    }
                }
                Kind::Import | Kind::ImportFrom => {
                    for alias in self.list(&node, "names")?.iter() {
                        for field in ["name", "asname"] {
                            if let Ok(name) = alias.getattr(field)?.extract::<String>() {
                                names.insert(name, false);
                            }
                        }
                    }
                }
                Kind::Global | Kind::Nonlocal => {
                    for name in self.list(&node, "names")?.iter() {
                        names.insert(name.extract()?, false);
                    }
                }
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef => {
                    names.insert(node.getattr(intern!(py, "name"))?.extract()?, false);
                    continue;
                }
                Kind::Match => return Ok(false),
                _ => {}
            }
            for field in ["body", "orelse", "finalbody", "handlers"] {
                if !matches!(
                    self.kinds.of(&node),
                    Kind::If
                        | Kind::For
                        | Kind::AsyncFor
                        | Kind::While
                        | Kind::With
                        | Kind::AsyncWith
                        | Kind::Try
                        | Kind::TryStar
                        | Kind::ExceptHandler
                ) {
                    break;
                }
                if let Ok(inner) = node.getattr(field)
                    && let Ok(inner) = inner.cast_into::<PyList>()
                    && !self.collect_bindings(&inner, names)?
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn collect_target(
        &self,
        target: &Node<'py>,
        settled: bool,
        names: &mut HashMap<String, bool>,
    ) -> PyResult<()> {
        match self.kinds.of(target) {
            Kind::Name => {
                let name: String = target.getattr(intern!(self.py, "id"))?.extract()?;
                let known = names.entry(name).or_insert(true);
                *known &= settled;
            }
            Kind::Tuple | Kind::List => {
                for element in self.list(target, "elts")?.iter() {
                    self.collect_target(&element, false, names)?;
                }
            }
            Kind::Starred => {
                self.collect_target(&target.getattr(intern!(self.py, "value"))?, false, names)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn replace(&mut self, node: &Node<'py>, field: &str) -> PyResult<()> {
        let field = PyString::intern(self.py, field);
        let value = node.getattr(&field)?;
        if value.is_none() {
            return Ok(());
        }
        let replaced = self.expression(&value)?;
        if !replaced.is(&value) {
            node.setattr(&field, replaced)?;
        }
        Ok(())
    }

    fn replace_list(&mut self, node: &Node<'py>, field: &str) -> PyResult<()> {
        let list = self.list(node, field)?;
        for at in 0..list.len() {
            let value = list.get_item(at)?;
            if value.is_none() {
                continue;
            }
            let replaced = self.expression(&value)?;
            if !replaced.is(&value) {
                list.set_item(at, replaced)?;
            }
        }
        Ok(())
    }

    fn expression(&mut self, node: &Node<'py>) -> PyResult<Node<'py>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(shape("the syntax tree is too deep"));
        }
        let outcome = stacker::maybe_grow(RED_ZONE, STACK, || self.expression_within(node));
        self.depth -= 1;
        outcome
    }

    fn expression_within(&mut self, node: &Node<'py>) -> PyResult<Node<'py>> {
        let py = self.py;
        match self.kinds.of(node) {
            Kind::Name | Kind::Constant => {}
            Kind::Call => self.call(node)?,
            Kind::Attribute | Kind::Subscript => {
                self.replace(node, "value")?;
                if self.kinds.of(node) == Kind::Subscript {
                    self.replace(node, "slice")?;
                }
                let context = node.getattr(intern!(py, "ctx"))?;
                if matches!(self.kinds.of(&context), Kind::Store | Kind::Del) {
                    let object = node.getattr(intern!(py, "value"))?;
                    let root = self.root_of(&object)?;
                    let wrapped = self.wrapped(ProbeKind::Store { root }, &object)?;
                    node.setattr(intern!(py, "value"), wrapped)?;
                }
            }
            Kind::BinOp => {
                self.replace(node, "left")?;
                self.replace(node, "right")?;
            }
            Kind::UnaryOp => self.replace(node, "operand")?,
            Kind::BoolOp | Kind::JoinedStr => self.replace_list(node, "values")?,
            Kind::Compare => {
                self.replace(node, "left")?;
                self.replace_list(node, "comparators")?;
                // `in` uses an iterator up.
                let operators = self.list(node, "ops")?;
                let operands = self.list(node, "comparators")?;
                for at in 0..operators.len().min(operands.len()) {
                    let operand = operands.get_item(at)?;
                    if matches!(self.kinds.of(&operators.get_item(at)?), Kind::In | Kind::NotIn)
                        && matches!(
                            self.kinds.of(&operand),
                            Kind::Name | Kind::Attribute | Kind::Call | Kind::Subscript
                        )
                    {
                        operands.set_item(at, self.wrapped(ProbeKind::Iterate, &operand)?)?;
                    }
                }
            }
            Kind::Tuple | Kind::List | Kind::Set => self.replace_list(node, "elts")?,
            Kind::Dict => {
                self.replace_list(node, "keys")?;
                self.replace_list(node, "values")?;
            }
            Kind::IfExp => {
                self.replace(node, "test")?;
                self.replace(node, "body")?;
                self.replace(node, "orelse")?;
            }
            Kind::FormattedValue => {
                self.replace(node, "value")?;
                self.replace(node, "format_spec")?;
            }
            Kind::Starred => {
                self.replace(node, "value")?;
                let context = node.getattr(intern!(py, "ctx"))?;
                let value = node.getattr(intern!(py, "value"))?;
                if self.kinds.of(&context) == Kind::Load
                    && !matches!(self.kinds.of(&value), Kind::Tuple | Kind::List | Kind::Constant)
                {
                    let wrapped = self.wrapped(ProbeKind::Iterate, &value)?;
                    node.setattr(intern!(py, "value"), wrapped)?;
                }
            }
            Kind::Slice => {
                self.replace(node, "lower")?;
                self.replace(node, "upper")?;
                self.replace(node, "step")?;
            }
            Kind::NamedExpr | Kind::Await | Kind::Yield => self.replace(node, "value")?,
            Kind::YieldFrom => {
                self.replace(node, "value")?;
                let value = node.getattr(intern!(py, "value"))?;
                let wrapped = self.wrapped(ProbeKind::Iterate, &value)?;
                node.setattr(intern!(py, "value"), wrapped)?;
            }
            Kind::Lambda => {
                let arguments = node.getattr(intern!(py, "args"))?;
                self.defaults(&arguments)?;
                self.replace(node, "body")?;
                // `-probe or body`: the probe's negative is `None`.
                let enter = self.enter(node)?;
                let body = node.getattr(intern!(py, "body"))?;
                let negated = self.negated(enter, &body)?;
                let or = self.kinds.Or.bind(py).call0()?;
                let values = PyList::new(py, [negated, body.clone()])?;
                let entered = self.kinds.BoolOp.bind(py).call1((or, values))?;
                self.locate(&entered, &body)?;
                node.setattr(intern!(py, "body"), entered)?;
            }
            Kind::ListComp | Kind::SetComp | Kind::GeneratorExp => {
                self.replace(node, "elt")?;
                self.generators(node)?;
            }
            Kind::DictComp => {
                self.replace(node, "key")?;
                self.replace(node, "value")?;
                self.generators(node)?;
            }
            _ => {}
        }
        Ok(node.clone())
    }

    fn generators(&mut self, node: &Node<'py>) -> PyResult<()> {
        for generator in self.list(node, "generators")?.iter() {
            self.replace(&generator, "target")?;
            self.replace(&generator, "iter")?;
            let iterated = generator.getattr(intern!(self.py, "iter"))?;
            let wrapped = self.wrapped(ProbeKind::Iterate, &iterated)?;
            generator.setattr(intern!(self.py, "iter"), wrapped)?;
            self.replace_list(&generator, "ifs")?;
        }
        Ok(())
    }

    fn call(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.py;
        let function = node.getattr(intern!(py, "func"))?;
        let positional = self.list(node, "args")?;
        let keywords = self.list(node, "keywords")?;
        let starred = positional.iter().any(|a| self.kinds.of(&a) == Kind::Starred);
        let mut spread = false;
        for keyword in keywords.iter() {
            spread |= keyword.getattr(intern!(py, "arg"))?.is_none();
        }
        self.replace_list(node, "args")?;
        for keyword in keywords.iter() {
            self.replace(&keyword, "value")?;
        }
        match self.kinds.of(&function) {
            // Calling a constant is an error that Python words itself.
            Kind::Constant => return Ok(()),
            Kind::Name if function.getattr(intern!(py, "id"))?.eq("super")? => return Ok(()),
            Kind::Attribute if !starred && !spread => {
                self.place_method_call(node, &function, positional.len() + keywords.len())?;
            }
            _ => {}
        }
        let root = self.root_of(&function)?;
        let inner = self.expression(&function)?;
        node.setattr(intern!(py, "func"), self.wrapped(ProbeKind::Call { root }, &inner)?)
    }

    /// Where a method's name stands on a later line than the call begins, CPython places the call
    /// at the name (`update_start_location_to_match_attr` in its `compile.c`); with a probe around
    /// the method it no longer sees a method call, so the place is set here.
    fn place_method_call(
        &self,
        node: &Node<'py>,
        function: &Node<'py>,
        passed: usize,
    ) -> PyResult<()> {
        let py = self.py;
        // CPython's STACK_USE_GUIDELINE.
        if passed >= 15 {
            return Ok(());
        }
        let line: i64 = node.getattr(intern!(py, "lineno"))?.extract()?;
        let end_line: i64 = function.getattr(intern!(py, "end_lineno"))?.extract()?;
        if line == end_line {
            return Ok(());
        }
        let end: i64 = function.getattr(intern!(py, "end_col_offset"))?.extract()?;
        let name = function.getattr(intern!(py, "attr"))?.len()? as i64;
        node.setattr(intern!(py, "lineno"), end_line)?;
        node.setattr(intern!(py, "col_offset"), (end - name).max(0))
    }

    /// The name at the root of a chain of attributes, as in `np.random.seed`; an id of its text.
    fn root_of(&self, node: &Node<'py>) -> PyResult<Option<Py<PyString>>> {
        let mut node = node.clone();
        let mut steps = 0;
        loop {
            match self.kinds.of(&node) {
                Kind::Attribute => node = node.getattr(intern!(self.py, "value"))?,
                Kind::Name if steps > 0 => {
                    let name = node.getattr(intern!(self.py, "id"))?;
                    return Ok(Some(name.cast_into::<PyString>()?.unbind()));
                }
                _ => return Ok(None),
            }
            steps += 1;
        }
    }
}

fn shape(message: &'static str) -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err(message)
}
