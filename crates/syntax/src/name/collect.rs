//! Collecting: what happens to names in a program, in the order of evaluation.
//!
//! Statements nest no deeper than Python's limit on indentation, so they are walked by recursion;
//! expressions nest as deep as they like, so they are walked with a list of what is left to do.

use std::collections::VecDeque;

use ruff_python_ast::name::Name;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{
    self as ast, Comprehension, ElifElseClause, ExceptHandler, Expr, FStringPart,
    InterpolatedStringElement, Parameters, Pattern, Stmt, TypeParam, TypeParams,
};
use ruff_text_size::Ranged;

use super::resolve::{Symbols, Table, TableId, TableKind};
use crate::range::range_of;
use crate::unit::Token;
use crate::{Range, StatementId, StatementKind, Suite};

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The scope whose code does it.
    pub(crate) scope: TableId,
    pub(crate) kind: EventKind,
}

#[derive(Clone, Debug)]
pub(crate) enum EventKind {
    /// A name is read; `offset` is where it stands.
    Read { name: Name, path: Vec<Name>, offset: u32 },
    /// A name is bound in a scope, which is not the running one for `:=` in a comprehension.
    Bind { name: Name, target: TableId },
    /// A name is unbound in the running scope.
    Delete { name: Name },
    /// A scope is made.
    Make(TableId),
    /// Code runs that may be more than an operator.
    Call,
    /// Every name of a module is bound.
    Star,
    /// What follows may not happen, up to the next alternative or the end.
    Fork,
    /// What follows may happen instead of what came since the fork.
    Next,
    /// The end of a fork; whether one of the alternatives certainly happened.
    Join { exhaustive: bool },
}

/// A stretch of the list of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A statement of the module, as found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) range: Range,
    pub(crate) kind: StatementKind,
    pub(crate) parent: Option<(StatementId, Suite)>,
    pub(crate) own: Stretch,
    pub(crate) whole: Stretch,
    pub(crate) suites: Vec<FoundSuite>,
}

/// The part of ruff's tree that a statement comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    Statement(&'a Stmt),
    Elif(&'a Expr),
}

/// A suite of a statement of the module, as found.
#[derive(Debug)]
pub(crate) struct FoundSuite {
    pub(crate) suite: Suite,
    pub(crate) statements: Vec<StatementId>,
    /// Where the clause starts; for an `else` or `finally` that its keyword must be looked for.
    pub(crate) clause: Option<u32>,
    pub(crate) own: Stretch,
}

/// All that happens in a program.
#[derive(Debug)]
pub(crate) struct Collected<'a> {
    /// At once, in the order of evaluation.
    pub(crate) now: Vec<Event>,
    /// In the bodies of functions and lambdas.
    pub(crate) later: Vec<Event>,
    pub(crate) tables: Vec<Table>,
    pub(crate) statements: Vec<Found<'a>>,
    pub(crate) top: Vec<StatementId>,
}

/// Lists all that happens in a module.
pub(crate) fn collect<'a>(tokens: &'a [Token], body: &'a [Stmt]) -> Collected<'a> {
    let mut collector = Collector {
        collected: Collected {
            now: Vec::new(),
            later: Vec::new(),
            tables: vec![Table::module()],
            statements: Vec::new(),
            top: Vec::new(),
        },
        tokens,
        postponed_annotations: postpones_annotations(body),
        deferred: false,
        pending: VecDeque::new(),
        tasks: Vec::new(),
    };
    collector.collected.top = collector.suite(body, TableId::MODULE, None);
    collector.deferred = true;
    while let Some((body, scope)) = collector.pending.pop_front() {
        match body {
            Body::Suite(body) => {
                collector.suite(body, scope, None);
            }
            Body::Expression(expression) => collector.expression(expression, scope),
        }
    }
    collector.collected.put_in_source_order();
    collector.collected
}

impl Collected<'_> {
    /// Gives statements and suites the order of the text, which that of evaluation is not quite:
    /// the `else` of a `try` runs before its handlers are of use.
    fn put_in_source_order(&mut self) {
        let mut order: Vec<usize> = (0..self.statements.len()).collect();
        order.sort_by_key(|&place| self.statements[place].range.start);
        let mut places = vec![StatementId::new(0); order.len()];
        for (place, &old) in order.iter().enumerate() {
            places[old] = StatementId::new(place);
        }
        for found in &mut self.statements {
            if let Some((parent, _)) = &mut found.parent {
                *parent = places[parent.index()];
            }
            for suite in &mut found.suites {
                for id in &mut suite.statements {
                    *id = places[id.index()];
                }
            }
            found.suites.sort_by_key(|suite| suite.statements.first().copied());
        }
        for id in &mut self.top {
            *id = places[id.index()];
        }
        self.statements.sort_by_key(|found| found.range.start);
    }
}

/// Whether annotations are kept as text, by `from __future__ import annotations`.
fn postpones_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => {
            is_future(import)
                && import.names.iter().any(|alias| alias.name.as_str() == "annotations")
        }
        _ => false,
    })
}

/// Whether an import is one that changes the compiler.
pub(crate) fn is_future(import: &ast::StmtImportFrom) -> bool {
    import.level == 0
        && import.module.as_ref().is_some_and(|module| module.as_str() == "__future__")
}

struct Collector<'a> {
    collected: Collected<'a>,
    tokens: &'a [Token],
    postponed_annotations: bool,
    /// Whether the events are those of bodies that run later.
    deferred: bool,
    pending: VecDeque<(Body<'a>, TableId)>,
    tasks: Vec<Task<'a>>,
}

enum Body<'a> {
    Suite(&'a [Stmt]),
    Expression(&'a Expr),
}

/// What is left to do for an expression, deepest first.
enum Task<'a> {
    Expression { node: &'a Expr, scope: TableId },
    Target { node: &'a Expr, scope: TableId, target: TableId },
    Delete { node: &'a Expr, scope: TableId },
    Pattern { node: &'a Pattern, scope: TableId },
    Element { node: &'a InterpolatedStringElement, scope: TableId },
    Emit(Event),
}

impl<'a> Collector<'a> {
    fn emit(&mut self, scope: TableId, kind: EventKind) {
        let list = if self.deferred { &mut self.collected.later } else { &mut self.collected.now };
        list.push(Event { scope, kind });
    }

    fn here(&self) -> usize {
        if self.deferred { self.collected.later.len() } else { self.collected.now.len() }
    }

    fn table(&mut self, id: TableId) -> &mut Table {
        &mut self.collected.tables[id.index()]
    }

    fn open(&mut self, table: Table) -> TableId {
        let id = TableId::new(self.collected.tables.len());
        self.collected.tables.push(table);
        id
    }

    /// The name as it is known in a scope: private names of a class carry the class's name.
    fn mangled(&self, name: &Name, scope: TableId) -> Name {
        match &self.collected.tables[scope.index()].class {
            Some(class) => mangle(name, class),
            None => name.clone(),
        }
    }

    fn bind(&mut self, name: &Name, scope: TableId, target: TableId) {
        let name = self.mangled(name, scope);
        self.table(target).symbols.bound.insert(name.clone());
        self.emit(scope, EventKind::Bind { name, target });
    }

    fn delete(&mut self, name: &Name, scope: TableId) {
        let name = self.mangled(name, scope);
        let symbols = &mut self.table(scope).symbols;
        symbols.bound.insert(name.clone());
        symbols.deleted.insert(name.clone());
        self.emit(scope, EventKind::Delete { name });
    }

    fn call(&mut self, scope: TableId) {
        self.emit(scope, EventKind::Call);
    }
}

/// Statements.
impl<'a> Collector<'a> {
    fn suite(
        &mut self,
        body: &'a [Stmt],
        scope: TableId,
        parent: Option<(StatementId, Suite)>,
    ) -> Vec<StatementId> {
        body.iter().filter_map(|statement| self.statement(statement, scope, parent)).collect()
    }

    fn enter(
        &mut self,
        node: Node<'a>,
        range: Range,
        kind: StatementKind,
        scope: TableId,
        parent: Option<(StatementId, Suite)>,
    ) -> Option<StatementId> {
        if scope != TableId::MODULE {
            return None;
        }
        let id = StatementId::new(self.collected.statements.len());
        let own = Stretch { start: self.here(), end: self.here() };
        self.collected.statements.push(Found {
            node,
            range,
            kind,
            parent,
            own,
            whole: own,
            suites: Vec::new(),
        });
        Some(id)
    }

    /// Ends the header of a compound statement.
    fn header(&mut self, id: Option<StatementId>) {
        let here = self.here();
        if let Some(id) = id {
            self.collected.statements[id.index()].own.end = here;
        }
    }

    /// Ends a statement; one without suites was all header.
    fn leave(&mut self, id: Option<StatementId>) {
        let here = self.here();
        if let Some(id) = id {
            let found = &mut self.collected.statements[id.index()];
            found.whole.end = here;
            if found.suites.is_empty() {
                found.own.end = here;
            }
        }
    }

    /// A suite of a compound statement, after the events of its clause's header.
    fn nested(
        &mut self,
        id: Option<StatementId>,
        suite: Suite,
        clause: Option<u32>,
        own: Stretch,
        body: &'a [Stmt],
        scope: TableId,
    ) {
        let statements = self.suite(body, scope, id.map(|id| (id, suite)));
        if let Some(id) = id {
            let found = FoundSuite { suite, statements, clause, own };
            self.collected.statements[id.index()].suites.push(found);
        }
    }

    fn statement(
        &mut self,
        statement: &'a Stmt,
        scope: TableId,
        parent: Option<(StatementId, Suite)>,
    ) -> Option<StatementId> {
        let kind = kind_of(statement);
        let id = self.enter(Node::Statement(statement), range_of(statement), kind, scope, parent);
        match statement {
            Stmt::FunctionDef(node) => self.function(node, scope),
            Stmt::ClassDef(node) => self.class(node, scope),
            Stmt::Return(node) => self.expressions(node.value.as_deref(), scope),
            Stmt::Delete(node) => {
                for target in &node.targets {
                    self.run(Task::Delete { node: target, scope });
                }
            }
            Stmt::TypeAlias(node) => self.type_alias(node, scope),
            Stmt::Assign(node) => {
                self.expression(&node.value, scope);
                for target in &node.targets {
                    self.target(target, scope);
                }
            }
            Stmt::AugAssign(node) => {
                self.expression(&node.target, scope);
                self.expression(&node.value, scope);
                match &*node.target {
                    Expr::Name(name) => self.bind(&name.id, scope, scope),
                    _ => self.call(scope),
                }
            }
            Stmt::AnnAssign(node) => self.annotated(node, scope),
            Stmt::For(node) => {
                self.expression(&node.iter, scope);
                self.call(scope);
                self.emit(scope, EventKind::Fork);
                self.target(&node.target, scope);
                self.header(id);
                self.nested(id, Suite::Body, None, Stretch::default(), &node.body, scope);
                self.emit(scope, EventKind::Join { exhaustive: false });
                self.else_of_loop(id, &node.orelse, scope);
            }
            Stmt::While(node) => {
                self.expression(&node.test, scope);
                self.header(id);
                self.emit(scope, EventKind::Fork);
                self.nested(id, Suite::Body, None, Stretch::default(), &node.body, scope);
                self.emit(scope, EventKind::Join { exhaustive: false });
                self.else_of_loop(id, &node.orelse, scope);
            }
            Stmt::If(node) => self.conditional(node, id, scope),
            Stmt::With(node) => {
                for item in &node.items {
                    self.expression(&item.context_expr, scope);
                    self.call(scope);
                    if let Some(target) = &item.optional_vars {
                        self.target(target, scope);
                    }
                }
                self.header(id);
                // A context manager may swallow what the body raises.
                self.emit(scope, EventKind::Fork);
                self.nested(id, Suite::Body, None, Stretch::default(), &node.body, scope);
                self.emit(scope, EventKind::Join { exhaustive: false });
            }
            Stmt::Match(node) => {
                self.expression(&node.subject, scope);
                self.header(id);
                self.emit(scope, EventKind::Fork);
                for (index, case) in node.cases.iter().enumerate() {
                    let start = self.here();
                    self.emit(scope, EventKind::Next);
                    self.run(Task::Pattern { node: &case.pattern, scope });
                    self.expressions(case.guard.as_deref(), scope);
                    let own = Stretch { start, end: self.here() };
                    let clause = Some(range_of(case).start);
                    let suite = Suite::Case(u32::try_from(index).unwrap_or(u32::MAX));
                    self.nested(id, suite, clause, own, &case.body, scope);
                }
                self.emit(scope, EventKind::Join { exhaustive: false });
            }
            Stmt::Raise(node) => {
                self.expressions(node.exc.as_deref(), scope);
                self.expressions(node.cause.as_deref(), scope);
                self.call(scope);
            }
            Stmt::Try(node) => self.guarded(node, id, scope),
            Stmt::Assert(node) => {
                self.expression(&node.test, scope);
                if let Some(message) = &node.msg {
                    self.emit(scope, EventKind::Fork);
                    self.expression(message, scope);
                    self.emit(scope, EventKind::Join { exhaustive: false });
                }
            }
            Stmt::Import(node) => {
                self.call(scope);
                for alias in &node.names {
                    let name = match &alias.asname {
                        Some(name) => name.id.clone(),
                        None => Name::new(first_part(alias.name.as_str())),
                    };
                    self.bind(&name, scope, scope);
                }
            }
            Stmt::ImportFrom(node) => {
                self.call(scope);
                for alias in &node.names {
                    if alias.name.as_str() == "*" {
                        self.emit(scope, EventKind::Star);
                    } else {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.bind(&name.id, scope, scope);
                    }
                }
            }
            Stmt::Global(node) => {
                for name in &node.names {
                    let name = self.mangled(&name.id, scope);
                    self.table(scope).symbols.global.insert(name);
                }
            }
            Stmt::Nonlocal(node) => {
                for name in &node.names {
                    let name = self.mangled(&name.id, scope);
                    self.table(scope).symbols.nonlocal.insert(name);
                }
            }
            Stmt::Expr(node) => self.expression(&node.value, scope),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
            // Only the grammar of notebooks has these, and it is not the one that is parsed.
            Stmt::IpyEscapeCommand(_) => self.call(scope),
        }
        self.leave(id);
        id
    }

    fn function(&mut self, node: &'a ast::StmtFunctionDef, scope: TableId) {
        for decorator in &node.decorator_list {
            self.expression(&decorator.expression, scope);
            self.call(scope);
        }
        self.defaults(&node.parameters, scope);
        let around = self.type_parameters(node.type_params.as_deref(), scope);
        if !self.postponed_annotations {
            for parameter in &*node.parameters {
                self.expressions(parameter.annotation(), around);
            }
            self.expressions(node.returns.as_deref(), around);
        }
        let start = keyword(self.tokens, &node.decorator_list, range_of(node));
        let class = self.collected.tables[scope.index()].class.clone();
        let table = Table {
            kind: TableKind::Function,
            parent: Some(around),
            start,
            end: range_of(node).end,
            name: node.name.id.clone(),
            class,
            sees_class: false,
            symbols: Symbols::default(),
        };
        let inner = self.open(table);
        self.parameters(&node.parameters, inner);
        self.emit(scope, EventKind::Make(inner));
        self.pending.push_back((Body::Suite(&node.body), inner));
        self.bind(&node.name.id, scope, scope);
    }

    fn class(&mut self, node: &'a ast::StmtClassDef, scope: TableId) {
        for decorator in &node.decorator_list {
            self.expression(&decorator.expression, scope);
            self.call(scope);
        }
        let around = self.type_parameters(node.type_params.as_deref(), scope);
        let private = private_prefix(&node.name.id);
        if let (Some(parameters), Some(class)) = (&node.type_params, &private) {
            // The class's own code knows private type parameters by the class's name.
            for parameter in &parameters.type_params {
                let name = mangle(&parameter.name().id, class);
                self.table(around).symbols.bound.insert(name);
            }
        }
        if let Some(arguments) = &node.arguments {
            for argument in arguments.iter_source_order() {
                self.expression(argument.value(), around);
            }
            // A base may have a hook for being inherited from, a metaclass may do anything.
            self.call(scope);
        }
        let start = keyword(self.tokens, &node.decorator_list, range_of(node));
        let table = Table {
            kind: TableKind::Class,
            parent: Some(around),
            start,
            end: range_of(node).end,
            name: node.name.id.clone(),
            class: private,
            sees_class: false,
            symbols: Symbols::default(),
        };
        let inner = self.open(table);
        self.emit(scope, EventKind::Make(inner));
        for name in ["__module__", "__qualname__"] {
            self.bind(&Name::new(name), inner, inner);
        }
        self.suite(&node.body, inner, None);
        self.bind(&node.name.id, scope, scope);
    }

    /// Opens the scope of type parameters where there are any.
    fn type_parameters(&mut self, parameters: Option<&'a TypeParams>, scope: TableId) -> TableId {
        let Some(parameters) = parameters else { return scope };
        let inner = self.open_annotation(scope, range_of(parameters));
        for parameter in &parameters.type_params {
            self.bind(&parameter.name().id, inner, inner);
        }
        // Bounds and defaults are evaluated when they are asked for. The definition needs what they
        // read all the same.
        for parameter in &parameters.type_params {
            let (bound, default) = match parameter {
                TypeParam::TypeVar(node) => (node.bound.as_deref(), node.default.as_deref()),
                TypeParam::TypeVarTuple(node) => (None, node.default.as_deref()),
                TypeParam::ParamSpec(node) => (None, node.default.as_deref()),
            };
            self.expressions(bound, inner);
            self.expressions(default, inner);
        }
        inner
    }

    fn open_annotation(&mut self, scope: TableId, range: Range) -> TableId {
        let around = &self.collected.tables[scope.index()];
        let sees_class = around.kind == TableKind::Class || around.sees_class;
        let class = around.class.clone();
        self.open(Table {
            kind: TableKind::Annotation,
            parent: Some(scope),
            start: range.start,
            end: range.end,
            name: Name::empty(),
            class,
            sees_class,
            symbols: Symbols::default(),
        })
    }

    fn type_alias(&mut self, node: &'a ast::StmtTypeAlias, scope: TableId) {
        let around = self.type_parameters(node.type_params.as_deref(), scope);
        let inner = self.open_annotation(around, range_of(&*node.value));
        // As with bounds: evaluated when asked for, and needed all the same. The alias may name
        // itself there.
        self.target(&node.name, scope);
        self.expression(&node.value, inner);
    }

    fn annotated(&mut self, node: &'a ast::StmtAnnAssign, scope: TableId) {
        let in_function = self.collected.tables[scope.index()].kind != TableKind::Class
            && scope != TableId::MODULE;
        self.expressions(node.value.as_deref(), scope);
        match (&*node.target, &node.value) {
            (target, Some(_)) => self.target(target, scope),
            // An annotation alone makes the name a variable of the scope and leaves it unbound.
            (Expr::Name(name), None) if node.simple && scope != TableId::MODULE => {
                let name = self.mangled(&name.id, scope);
                self.table(scope).symbols.bound.insert(name);
            }
            (Expr::Attribute(target), None) => self.expression(&target.value, scope),
            (Expr::Subscript(target), None) => {
                self.expression(&target.value, scope);
                self.expression(&target.slice, scope);
            }
            _ => {}
        }
        if !in_function && !self.postponed_annotations {
            self.expression(&node.annotation, scope);
        }
    }

    fn else_of_loop(&mut self, id: Option<StatementId>, body: &'a [Stmt], scope: TableId) {
        if !body.is_empty() {
            self.emit(scope, EventKind::Fork);
            self.nested(id, Suite::Else, None, Stretch::default(), body, scope);
            self.emit(scope, EventKind::Join { exhaustive: false });
        }
    }

    /// An `if` with its `elif` clauses, each an `if` in the `else` of the one before.
    fn conditional(&mut self, node: &'a ast::StmtIf, id: Option<StatementId>, scope: TableId) {
        let end = range_of(node).end;
        self.expression(&node.test, scope);
        self.header(id);
        self.emit(scope, EventKind::Fork);
        self.nested(id, Suite::Body, None, Stretch::default(), &node.body, scope);
        let mut open = vec![id];
        for ElifElseClause { range, test, body, .. } in &node.elif_else_clauses {
            self.emit(scope, EventKind::Next);
            let parent = open.last().copied().flatten();
            let Some(test) = test else {
                self.nested(parent, Suite::Else, None, Stretch::default(), body, scope);
                continue;
            };
            let start = range.start().to_u32();
            let range = Range::new(start, end);
            let around = parent.map(|parent| (parent, Suite::Else));
            let inner = self.enter(Node::Elif(test), range, StatementKind::Elif, scope, around);
            if let (Some(parent), Some(inner)) = (parent, inner) {
                self.collected.statements[parent.index()].suites.push(FoundSuite {
                    suite: Suite::Else,
                    statements: vec![inner],
                    clause: Some(start),
                    own: Stretch::default(),
                });
            }
            self.expression(test, scope);
            self.header(inner);
            self.emit(scope, EventKind::Fork);
            self.nested(inner, Suite::Body, None, Stretch::default(), body, scope);
            open.push(inner);
        }
        if node.elif_else_clauses.last().is_none_or(|clause| clause.test.is_some()) {
            self.emit(scope, EventKind::Next);
        }
        for inner in open.into_iter().rev() {
            self.emit(scope, EventKind::Join { exhaustive: true });
            self.leave(inner);
        }
    }

    fn guarded(&mut self, node: &'a ast::StmtTry, id: Option<StatementId>, scope: TableId) {
        self.header(id);
        if !node.finalbody.is_empty() {
            self.emit(scope, EventKind::Fork);
        }
        self.emit(scope, EventKind::Fork);
        self.nested(id, Suite::Body, None, Stretch::default(), &node.body, scope);
        // `else` runs right after the body, though it is written after the handlers.
        if !node.orelse.is_empty() {
            self.nested(id, Suite::Else, None, Stretch::default(), &node.orelse, scope);
        }
        for (index, handler) in node.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let start = self.here();
            self.emit(scope, EventKind::Next);
            self.expressions(handler.type_.as_deref(), scope);
            if let Some(name) = &handler.name {
                self.bind(&name.id, scope, scope);
            }
            let own = Stretch { start, end: self.here() };
            let clause = Some(range_of(handler).start);
            let suite = Suite::Handler(u32::try_from(index).unwrap_or(u32::MAX));
            self.nested(id, suite, clause, own, &handler.body, scope);
            if let Some(name) = &handler.name {
                self.delete(&name.id, scope);
            }
        }
        self.emit(scope, EventKind::Join { exhaustive: true });
        if !node.finalbody.is_empty() {
            self.emit(scope, EventKind::Next);
            self.nested(id, Suite::Finally, None, Stretch::default(), &node.finalbody, scope);
            self.emit(scope, EventKind::Join { exhaustive: false });
        }
    }
}

/// Expressions.
impl<'a> Collector<'a> {
    fn expression(&mut self, node: &'a Expr, scope: TableId) {
        self.run(Task::Expression { node, scope });
    }

    fn expressions(&mut self, nodes: impl IntoIterator<Item = &'a Expr>, scope: TableId) {
        for node in nodes {
            self.expression(node, scope);
        }
    }

    fn target(&mut self, node: &'a Expr, scope: TableId) {
        self.run(Task::Target { node, scope, target: scope });
    }

    /// Does a task and all those that come of it.
    fn run(&mut self, task: Task<'a>) {
        self.tasks.push(task);
        while let Some(task) = self.tasks.pop() {
            let first = self.tasks.len();
            match task {
                Task::Expression { node, scope } => self.visit(node, scope),
                Task::Target { node, scope, target } => {
                    self.visit_target(node, scope, target);
                }
                Task::Delete { node, scope } => self.visit_deleted(node, scope),
                Task::Pattern { node, scope } => self.visit_pattern(node, scope),
                Task::Element { node, scope } => self.visit_element(node, scope),
                Task::Emit(event) => self.emit(event.scope, event.kind),
            }
            // What was asked for first is to be done first.
            self.tasks[first..].reverse();
        }
    }

    /// Asks for an event in its turn.
    fn then(&mut self, scope: TableId, kind: EventKind) {
        self.tasks.push(Task::Emit(Event { scope, kind }));
    }

    fn visit(&mut self, node: &'a Expr, scope: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        match node {
            Expr::Name(name) => {
                let offset = range_of(name).start;
                let name = self.mangled(&name.id, scope);
                self.emit(scope, EventKind::Read { name, path: Vec::new(), offset });
            }
            Expr::Attribute(attribute) => {
                let mut path = vec![&attribute.attr.id];
                let mut object = &*attribute.value;
                while let Expr::Attribute(attribute) = object {
                    path.push(&attribute.attr.id);
                    object = &attribute.value;
                }
                if let Expr::Name(name) = object {
                    let path =
                        path.into_iter().rev().map(|name| self.mangled(name, scope)).collect();
                    let offset = range_of(name).start;
                    let name = self.mangled(&name.id, scope);
                    self.emit(scope, EventKind::Read { name, path, offset });
                } else {
                    self.tasks.push(Task::Expression { node: object, scope });
                }
            }
            Expr::BoolOp(node) => {
                let mut values = node.values.iter();
                self.tasks.extend(values.next().map(child));
                self.then(scope, EventKind::Fork);
                self.tasks.extend(values.map(child));
                self.then(scope, EventKind::Join { exhaustive: false });
            }
            Expr::Named(node) => {
                self.tasks.push(child(&node.value));
                let target = self.walrus_scope(scope);
                self.tasks.push(Task::Target { node: &node.target, scope, target });
            }
            Expr::BinOp(node) => self.tasks.extend([child(&node.left), child(&node.right)]),
            Expr::UnaryOp(node) => self.tasks.push(child(&node.operand)),
            Expr::Lambda(node) => self.lambda(node, scope),
            Expr::If(node) => {
                self.tasks.push(child(&node.test));
                self.then(scope, EventKind::Fork);
                self.tasks.push(child(&node.body));
                self.then(scope, EventKind::Next);
                self.tasks.push(child(&node.orelse));
                self.then(scope, EventKind::Join { exhaustive: true });
            }
            Expr::Dict(node) => {
                for item in &node.items {
                    self.tasks.extend(item.key.as_ref().map(child));
                    self.tasks.push(child(&item.value));
                }
            }
            Expr::Set(node) => self.tasks.extend(node.elts.iter().map(child)),
            Expr::ListComp(node) => {
                let parts = [Some(&*node.elt), None];
                self.comprehension(range_of(node), "<listcomp>", &node.generators, parts, scope);
            }
            Expr::SetComp(node) => {
                let parts = [Some(&*node.elt), None];
                self.comprehension(range_of(node), "<setcomp>", &node.generators, parts, scope);
            }
            Expr::DictComp(node) => {
                let parts = [node.key.as_deref(), Some(&*node.value)];
                self.comprehension(range_of(node), "<dictcomp>", &node.generators, parts, scope);
            }
            Expr::Generator(node) => {
                let parts = [Some(&*node.elt), None];
                self.comprehension(
                    generator_range(self.tokens, node),
                    "<genexpr>",
                    &node.generators,
                    parts,
                    scope,
                );
            }
            Expr::Await(node) => {
                self.tasks.push(child(&node.value));
                self.then(scope, EventKind::Call);
            }
            Expr::Yield(node) => {
                self.tasks.extend(node.value.as_deref().map(child));
                self.then(scope, EventKind::Call);
            }
            Expr::YieldFrom(node) => {
                self.tasks.push(child(&node.value));
                self.then(scope, EventKind::Call);
            }
            Expr::Compare(node) => {
                self.tasks.push(child(&node.left));
                let mut others = node.comparators.iter();
                self.tasks.extend(others.next().map(child));
                if others.len() > 0 {
                    self.then(scope, EventKind::Fork);
                    self.tasks.extend(others.map(child));
                    self.then(scope, EventKind::Join { exhaustive: false });
                }
            }
            Expr::Call(node) => {
                self.tasks.push(child(&node.func));
                let arguments = node.arguments.iter_source_order();
                self.tasks.extend(arguments.map(|argument| child(argument.value())));
                self.then(scope, EventKind::Call);
            }
            Expr::FString(node) => {
                for part in &node.value {
                    if let FStringPart::FString(string) = part {
                        self.elements(&string.elements, scope);
                    }
                }
            }
            Expr::TString(node) => {
                for string in &node.value {
                    self.elements(&string.elements, scope);
                }
            }
            Expr::Subscript(node) => self.tasks.extend([child(&node.value), child(&node.slice)]),
            Expr::Starred(node) => {
                self.tasks.push(child(&node.value));
                self.then(scope, EventKind::Call);
            }
            Expr::List(node) => self.tasks.extend(node.elts.iter().map(child)),
            Expr::Tuple(node) => self.tasks.extend(node.elts.iter().map(child)),
            Expr::Slice(node) => {
                let parts = [&node.lower, &node.upper, &node.step];
                self.tasks.extend(parts.into_iter().flatten().map(|part| child(part)));
            }
            Expr::IpyEscapeCommand(_) => self.then(scope, EventKind::Call),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
        }
    }

    fn visit_target(&mut self, node: &'a Expr, scope: TableId, target: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        match node {
            Expr::Name(name) => self.bind(&name.id, scope, target),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                // Unpacking iterates.
                self.then(scope, EventKind::Call);
                self.tasks.extend(elts.iter().map(|node| Task::Target { node, scope, target }));
            }
            Expr::Starred(starred) => {
                self.tasks.push(Task::Target { node: &starred.value, scope, target });
            }
            Expr::Attribute(attribute) => {
                self.tasks.push(child(&attribute.value));
                self.then(scope, EventKind::Call);
            }
            Expr::Subscript(item) => {
                self.tasks.extend([child(&item.value), child(&item.slice)]);
                self.then(scope, EventKind::Call);
            }
            other => self.tasks.push(child(other)),
        }
    }

    fn visit_deleted(&mut self, node: &'a Expr, scope: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        match node {
            Expr::Name(name) => {
                let read = self.mangled(&name.id, scope);
                let offset = range_of(name).start;
                self.emit(scope, EventKind::Read { name: read, path: Vec::new(), offset });
                self.delete(&name.id, scope);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.tasks.extend(elts.iter().map(|node| Task::Delete { node, scope }));
            }
            Expr::Attribute(attribute) => {
                self.tasks.push(child(&attribute.value));
                self.then(scope, EventKind::Call);
            }
            Expr::Subscript(item) => {
                self.tasks.extend([child(&item.value), child(&item.slice)]);
                self.then(scope, EventKind::Call);
            }
            other => self.tasks.push(child(other)),
        }
    }

    fn visit_pattern(&mut self, node: &'a Pattern, scope: TableId) {
        let child = |node: &'a Pattern| Task::Pattern { node, scope };
        match node {
            Pattern::MatchValue(node) => {
                self.tasks.push(Task::Expression { node: &node.value, scope });
            }
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(node) => self.tasks.extend(node.patterns.iter().map(child)),
            Pattern::MatchMapping(node) => {
                for key in &node.keys {
                    self.tasks.push(Task::Expression { node: key, scope });
                }
                self.tasks.extend(node.patterns.iter().map(child));
                if let Some(name) = &node.rest {
                    self.capture(&name.id, scope);
                }
            }
            Pattern::MatchClass(node) => {
                self.tasks.push(Task::Expression { node: &node.cls, scope });
                self.then(scope, EventKind::Call);
                self.tasks.extend(node.arguments.patterns.iter().map(child));
                self.tasks
                    .extend(node.arguments.keywords.iter().map(|keyword| child(&keyword.pattern)));
            }
            Pattern::MatchStar(node) => {
                if let Some(name) = &node.name {
                    self.capture(&name.id, scope);
                }
            }
            Pattern::MatchAs(node) => {
                self.tasks.extend(node.pattern.as_deref().map(child));
                if let Some(name) = &node.name {
                    self.capture(&name.id, scope);
                }
            }
            Pattern::MatchOr(node) => self.tasks.extend(node.patterns.iter().map(child)),
        }
    }

    /// Binds a name of a pattern once what stands before it is done.
    fn capture(&mut self, name: &Name, scope: TableId) {
        let name = self.mangled(name, scope);
        self.table(scope).symbols.bound.insert(name.clone());
        self.then(scope, EventKind::Bind { name, target: scope });
    }

    fn elements(&mut self, elements: &'a [InterpolatedStringElement], scope: TableId) {
        self.tasks.extend(elements.iter().map(|node| Task::Element { node, scope }));
    }

    fn visit_element(&mut self, node: &'a InterpolatedStringElement, scope: TableId) {
        if let InterpolatedStringElement::Interpolation(node) = node {
            self.tasks.push(Task::Expression { node: &node.expression, scope });
            if let Some(format) = &node.format_spec {
                self.elements(&format.elements, scope);
            }
        }
    }

    fn lambda(&mut self, node: &'a ast::ExprLambda, scope: TableId) {
        let range = range_of(node);
        let class = self.collected.tables[scope.index()].class.clone();
        let inner = self.open(Table {
            kind: TableKind::Lambda,
            parent: Some(scope),
            start: range.start,
            end: range.end,
            name: Name::new_static("<lambda>"),
            class,
            sees_class: false,
            symbols: Symbols::default(),
        });
        if let Some(parameters) = &node.parameters {
            let defaults = parameters.iter_source_order().filter_map(|any| any.default());
            self.tasks.extend(defaults.map(|node| Task::Expression { node, scope }));
            self.parameters(parameters, inner);
        }
        self.then(scope, EventKind::Make(inner));
        self.pending.push_back((Body::Expression(&node.body), inner));
    }

    fn defaults(&mut self, parameters: &'a Parameters, scope: TableId) {
        for parameter in parameters.iter_source_order() {
            self.expressions(parameter.default(), scope);
        }
    }

    fn parameters(&mut self, parameters: &'a Parameters, inner: TableId) {
        for parameter in parameters {
            let name = self.mangled(&parameter.name().id, inner);
            self.table(inner).symbols.bound.insert(name);
        }
    }

    fn comprehension(
        &mut self,
        range: Range,
        name: &'static str,
        generators: &'a [Comprehension],
        parts: [Option<&'a Expr>; 2],
        scope: TableId,
    ) {
        let kind =
            if name == "<genexpr>" { TableKind::Generator } else { TableKind::Comprehension };
        let class = self.collected.tables[scope.index()].class.clone();
        let inner = self.open(Table {
            kind,
            parent: Some(scope),
            start: range.start,
            end: range.end,
            name: Name::new_static(name),
            class,
            sees_class: false,
            symbols: Symbols::default(),
        });
        let mut around = scope;
        for generator in generators {
            self.tasks.push(Task::Expression { node: &generator.iter, scope: around });
            if around == scope {
                self.then(scope, EventKind::Make(inner));
                self.then(scope, EventKind::Call);
                self.then(scope, EventKind::Fork);
            }
            around = inner;
            self.tasks.push(Task::Target { node: &generator.target, scope: inner, target: inner });
            let tests = generator.ifs.iter();
            self.tasks.extend(tests.map(|node| Task::Expression { node, scope: inner }));
        }
        let parts = parts.into_iter().flatten();
        self.tasks.extend(parts.map(|node| Task::Expression { node, scope: inner }));
        self.then(scope, EventKind::Join { exhaustive: false });
    }

    /// Where `:=` binds: in the function around the comprehensions, or in the module.
    fn walrus_scope(&self, scope: TableId) -> TableId {
        let mut scope = scope;
        loop {
            let table = &self.collected.tables[scope.index()];
            match (table.kind, table.parent) {
                (TableKind::Comprehension | TableKind::Generator, Some(parent)) => scope = parent,
                _ => return scope,
            }
        }
    }
}

/// The part of a dotted name that `import` binds.
pub(crate) fn first_part(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

/// A name as it is known in the code of a class.
fn mangle(name: &Name, class: &Name) -> Name {
    let text = name.as_str();
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
        return name.clone();
    }
    Name::new(format!("_{class}{text}"))
}

/// What private names of a class start with; a class named by underscores alone has none.
fn private_prefix(class: &Name) -> Option<Name> {
    let name = class.as_str().trim_start_matches('_');
    (!name.is_empty()).then(|| Name::new(name))
}

fn kind_of(statement: &Stmt) -> StatementKind {
    match statement {
        Stmt::FunctionDef(_) => StatementKind::Function,
        Stmt::ClassDef(_) => StatementKind::Class,
        Stmt::Return(_) => StatementKind::Return,
        Stmt::Delete(_) => StatementKind::Delete,
        Stmt::TypeAlias(_) => StatementKind::TypeAlias,
        Stmt::Assign(_) => StatementKind::Assign,
        Stmt::AugAssign(_) => StatementKind::AugmentedAssign,
        Stmt::AnnAssign(_) => StatementKind::AnnotatedAssign,
        Stmt::For(_) => StatementKind::For,
        Stmt::While(_) => StatementKind::While,
        Stmt::If(_) => StatementKind::If,
        Stmt::With(_) => StatementKind::With,
        Stmt::Match(_) => StatementKind::Match,
        Stmt::Raise(_) => StatementKind::Raise,
        Stmt::Try(_) => StatementKind::Try,
        Stmt::Assert(_) => StatementKind::Assert,
        Stmt::Import(_) => StatementKind::Import,
        Stmt::ImportFrom(_) => StatementKind::ImportFrom,
        Stmt::Global(_) => StatementKind::Global,
        Stmt::Nonlocal(_) => StatementKind::Nonlocal,
        Stmt::Expr(_) | Stmt::IpyEscapeCommand(_) => StatementKind::Expression,
        Stmt::Pass(_) => StatementKind::Pass,
        Stmt::Break(_) => StatementKind::Break,
        Stmt::Continue(_) => StatementKind::Continue,
    }
}

/// Where a definition starts behind its decorators.
pub(crate) fn keyword(tokens: &[Token], decorators: &[ast::Decorator], range: Range) -> u32 {
    let Some(last) = decorators.last() else { return range.start };
    let end = range_of(last).end;
    let behind = tokens.partition_point(|token| token.range.start < end);
    tokens[behind..]
        .iter()
        .find(|token| matches!(token.kind, TokenKind::Def | TokenKind::Async | TokenKind::Class))
        .map_or(range.start, |token| token.range.start)
}

/// Where CPython says that a generator expression stands: one that is all there is between the
/// brackets of a call has those for its own.
pub(crate) fn generator_range(tokens: &[Token], node: &ast::ExprGenerator) -> Range {
    let range = range_of(node);
    if node.parenthesized {
        return range;
    }
    let before = tokens.partition_point(|token| token.range.start < range.start);
    let behind = tokens.partition_point(|token| token.range.start < range.end);
    let open = tokens[..before].iter().rev().find(|token| token.kind == TokenKind::Lpar);
    let close = tokens[behind..].iter().find(|token| token.kind == TokenKind::Rpar);
    Range::new(
        open.map_or(range.start, |token| token.range.start),
        close.map_or(range.end, |token| token.range.end),
    )
}
