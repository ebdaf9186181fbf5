//! Expression: what expressions, targets and patterns do to names.

use ruff_python_ast::name::Name;
use ruff_python_ast::{
    self as ast, Comprehension, Expr, FStringPart, InterpolatedStringElement, Parameters, Pattern,
};

use super::{Body, Collector};
use crate::Range;
use crate::name::event::{Event, EventKind};
use crate::name::resolve::{TableId, TableKind};
use crate::range::range_of;
use crate::token::generator_range;

/// What is left to do for an expression, deepest first.
pub(super) enum Task<'a> {
    Expression { node: &'a Expr, scope: TableId },
    Target { node: &'a Expr, scope: TableId, target: TableId },
    Delete { node: &'a Expr, scope: TableId },
    Pattern { node: &'a Pattern, scope: TableId },
    Element { node: &'a InterpolatedStringElement, scope: TableId },
    Emit(Event),
}

impl<'a> Collector<'a> {
    pub(super) fn expression(&mut self, node: &'a Expr, scope: TableId) {
        self.run(Task::Expression { node, scope });
    }

    pub(super) fn expressions(
        &mut self,
        nodes: impl IntoIterator<Item = &'a Expr>,
        scope: TableId,
    ) {
        for node in nodes {
            self.expression(node, scope);
        }
    }

    pub(super) fn target(&mut self, node: &'a Expr, scope: TableId) {
        self.run(Task::Target { node, scope, target: scope });
    }

    /// Does a task and all those that come of it.
    pub(super) fn run(&mut self, task: Task<'a>) {
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
            Expr::Attribute(attribute) => self.attribute(attribute, scope),
            Expr::BoolOp(node) => self.either(node, scope),
            Expr::Named(node) => {
                self.tasks.push(child(&node.value));
                let target = self.walrus_scope(scope);
                self.tasks.push(Task::Target { node: &node.target, scope, target });
            }
            Expr::BinOp(node) => self.tasks.extend([child(&node.left), child(&node.right)]),
            Expr::UnaryOp(node) => self.tasks.push(child(&node.operand)),
            Expr::Lambda(node) => self.lambda(node, scope),
            Expr::If(node) => self.choice(node, scope),
            Expr::Dict(node) => {
                for item in &node.items {
                    self.tasks.extend(item.key.as_ref().map(child));
                    self.tasks.push(child(&item.value));
                }
            }
            Expr::Set(node) => self.tasks.extend(node.elts.iter().map(child)),
            Expr::ListComp(node) => {
                let parts = [Some(&*node.elt), None];
                self.comprehension(LIST, range_of(node), &node.generators, parts, scope);
            }
            Expr::SetComp(node) => {
                let parts = [Some(&*node.elt), None];
                self.comprehension(SET, range_of(node), &node.generators, parts, scope);
            }
            Expr::DictComp(node) => {
                let parts = [node.key.as_deref(), Some(&*node.value)];
                self.comprehension(DICT, range_of(node), &node.generators, parts, scope);
            }
            Expr::Generator(node) => {
                let parts = [Some(&*node.elt), None];
                let range = generator_range(self.tokens, node);
                self.comprehension(GENERATOR, range, &node.generators, parts, scope);
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
            Expr::Compare(node) => self.compare(node, scope),
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

    /// A variable is read together with the attributes that follow.
    fn attribute(&mut self, attribute: &'a ast::ExprAttribute, scope: TableId) {
        let mut path = vec![&attribute.attr.id];
        let mut object = &*attribute.value;
        while let Expr::Attribute(attribute) = object {
            path.push(&attribute.attr.id);
            object = &attribute.value;
        }
        if let Expr::Name(name) = object {
            let path = path.into_iter().rev().map(|name| self.mangled(name, scope)).collect();
            let offset = range_of(name).start;
            let name = self.mangled(&name.id, scope);
            self.emit(scope, EventKind::Read { name, path, offset });
        } else {
            self.tasks.push(Task::Expression { node: object, scope });
        }
    }

    fn either(&mut self, node: &'a ast::ExprBoolOp, scope: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        let mut values = node.values.iter();
        self.tasks.extend(values.next().map(child));
        self.then(scope, EventKind::Fork);
        self.tasks.extend(values.map(child));
        self.then(scope, EventKind::Join { exhaustive: false });
    }

    fn choice(&mut self, node: &'a ast::ExprIf, scope: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        self.tasks.push(child(&node.test));
        self.then(scope, EventKind::Fork);
        self.tasks.push(child(&node.body));
        self.then(scope, EventKind::Next);
        self.tasks.push(child(&node.orelse));
        self.then(scope, EventKind::Join { exhaustive: true });
    }

    fn compare(&mut self, node: &'a ast::ExprCompare, scope: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        self.tasks.push(child(&node.left));
        let mut others = node.comparators.iter();
        self.tasks.extend(others.next().map(child));
        if others.len() > 0 {
            self.then(scope, EventKind::Fork);
            self.tasks.extend(others.map(child));
            self.then(scope, EventKind::Join { exhaustive: false });
        }
    }

    fn visit_target(&mut self, node: &'a Expr, scope: TableId, target: TableId) {
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
            other => self.visit_part(other, scope),
        }
    }

    fn visit_deleted(&mut self, node: &'a Expr, scope: TableId) {
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
            other => self.visit_part(other, scope),
        }
    }

    /// An attribute or item that is stored to or deleted.
    fn visit_part(&mut self, node: &'a Expr, scope: TableId) {
        let child = |node: &'a Expr| Task::Expression { node, scope };
        match node {
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
        let name = Name::new_static("<lambda>");
        let inner = self.open(TableKind::Lambda, scope, range_of(node), name);
        if let Some(parameters) = &node.parameters {
            let defaults = parameters.iter_source_order().filter_map(|any| any.default());
            self.tasks.extend(defaults.map(|node| Task::Expression { node, scope }));
            self.parameters(parameters, inner);
        }
        self.then(scope, EventKind::Make(inner));
        self.pending.push_back((Body::Expression(&node.body), inner));
    }

    pub(super) fn defaults(&mut self, parameters: &'a Parameters, scope: TableId) {
        for parameter in parameters.iter_source_order() {
            self.expressions(parameter.default(), scope);
        }
    }

    pub(super) fn parameters(&mut self, parameters: &'a Parameters, inner: TableId) {
        for parameter in parameters {
            let name = self.mangled(&parameter.name().id, inner);
            self.table(inner).symbols.bound.insert(name);
        }
    }

    fn comprehension(
        &mut self,
        (kind, name): (TableKind, &'static str),
        range: Range,
        generators: &'a [Comprehension],
        parts: [Option<&'a Expr>; 2],
        scope: TableId,
    ) {
        let inner = self.open(kind, scope, range, Name::new_static(name));
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

const LIST: (TableKind, &str) = (TableKind::Comprehension, "<listcomp>");
const SET: (TableKind, &str) = (TableKind::Comprehension, "<setcomp>");
const DICT: (TableKind, &str) = (TableKind::Comprehension, "<dictcomp>");
const GENERATOR: (TableKind, &str) = (TableKind::Generator, "<genexpr>");
