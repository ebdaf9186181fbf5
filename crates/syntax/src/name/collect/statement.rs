//! Statement: what the statements of a module, function or class do to names.

use ruff_python_ast::name::Name;
use ruff_python_ast::{
    self as ast, ElifElseClause, ExceptHandler, Expr, Stmt, TypeParam, TypeParams,
};

use super::expression::Task;
use super::{Body, Collector, Found, FoundSuite, Node};
use crate::name::event::{EventKind, Stretch};
use crate::name::first_part;
use crate::name::private::{mangle, private_prefix};
use crate::name::resolve::{TableId, TableKind};
use crate::range::range_of;
use crate::token::definition_start;
use crate::{Range, StatementId, StatementKind, Suite};

impl<'a> Collector<'a> {
    pub(super) fn suite(
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
        let kinds = [TableKind::Module, TableKind::Function, TableKind::Class];
        if !kinds.contains(&self.collected.tables[scope.index()].kind) {
            return None;
        }
        let id = StatementId::new(self.collected.statements.len());
        let own = Stretch { start: self.here(), end: self.here() };
        self.collected.statements.push(Found {
            node,
            range,
            kind,
            parent,
            scope,
            deferred: self.deferred,
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
            if found.suites.is_empty() || found.kind == StatementKind::Class {
                found.own.end = here;
            }
        }
    }

    /// A suite of a compound statement, after the events of its clause's header.
    pub(super) fn nested(
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
            Stmt::FunctionDef(node) => self.function(node, id, scope),
            Stmt::ClassDef(node) => self.class(node, id, scope),
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
            Stmt::With(node) => self.with(node, id, scope),
            Stmt::Match(node) => self.cases(node, id, scope),
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
            Stmt::Import(node) => self.import(node, scope),
            Stmt::ImportFrom(node) => self.import_from(node, scope),
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

    fn with(&mut self, node: &'a ast::StmtWith, id: Option<StatementId>, scope: TableId) {
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

    fn cases(&mut self, node: &'a ast::StmtMatch, id: Option<StatementId>, scope: TableId) {
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

    fn import(&mut self, node: &'a ast::StmtImport, scope: TableId) {
        self.call(scope);
        for alias in &node.names {
            let name = match &alias.asname {
                Some(name) => name.id.clone(),
                None => Name::new(first_part(alias.name.as_str())),
            };
            self.bind(&name, scope, scope);
        }
    }

    fn import_from(&mut self, node: &'a ast::StmtImportFrom, scope: TableId) {
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

    fn function(
        &mut self,
        node: &'a ast::StmtFunctionDef,
        id: Option<StatementId>,
        scope: TableId,
    ) {
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
        let start = definition_start(self.tokens, &node.decorator_list, range_of(node));
        let range = Range::new(start, range_of(node).end);
        let inner = self.open(TableKind::Function, around, range, node.name.id.clone());
        self.parameters(&node.parameters, inner);
        self.emit(scope, EventKind::Make(inner));
        self.pending.push_back((Body::Suite(&node.body, id), inner));
        self.bind(&node.name.id, scope, scope);
    }

    fn class(&mut self, node: &'a ast::StmtClassDef, id: Option<StatementId>, scope: TableId) {
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
        let start = definition_start(self.tokens, &node.decorator_list, range_of(node));
        let range = Range::new(start, range_of(node).end);
        let inner = self.open(TableKind::Class, around, range, node.name.id.clone());
        self.table(inner).class = private;
        self.emit(scope, EventKind::Make(inner));
        for name in ["__module__", "__qualname__"] {
            self.bind(&Name::new(name), inner, inner);
        }
        self.nested(id, Suite::Body, None, Stretch::default(), &node.body, inner);
        self.bind(&node.name.id, scope, scope);
    }

    /// Opens the scope of type parameters where there are any.
    fn type_parameters(&mut self, parameters: Option<&'a TypeParams>, scope: TableId) -> TableId {
        let Some(parameters) = parameters else { return scope };
        let inner = self.open(TableKind::Annotation, scope, range_of(parameters), Name::empty());
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

    fn type_alias(&mut self, node: &'a ast::StmtTypeAlias, scope: TableId) {
        let around = self.type_parameters(node.type_params.as_deref(), scope);
        let inner = self.open(TableKind::Annotation, around, range_of(&*node.value), Name::empty());
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
        if node.simple && scope == TableId::MODULE {
            self.emit(scope, EventKind::Annotate);
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
