//! Statement: what statements do to names and values.

use std::collections::HashMap;

use clew_graph::Literal;
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt};

use super::Builder;
use crate::summary::name::{DEEPEST, Names};
use crate::summary::{Argument, By, GuardId, Item, Make, Slot, StepKind};

impl Builder {
    pub(super) fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            if self.ended || self.unknown.is_some() {
                return;
            }
            self.statement(statement);
        }
    }

    pub(super) fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(statement) => {
                self.expression(&statement.value);
            }
            Stmt::Assign(assign) => {
                let value = self.expression(&assign.value);
                for target in &assign.targets {
                    self.store(target, value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.expression(value);
                    self.store(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => self.augment(assign),
            Stmt::Return(returned) => {
                let value = match &returned.value {
                    Some(value) => self.expression(value),
                    None => self.step(StepKind::Constant(Literal::None)),
                };
                self.leave(value);
                self.ended = true;
            }
            Stmt::Raise(raised) => {
                for part in [&raised.exc, &raised.cause].into_iter().flatten() {
                    self.expression(part);
                }
                self.ended = true;
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.delete(target);
                }
            }
            Stmt::If(branch) => {
                let clauses: Vec<(Option<&Expr>, &[Stmt])> = branch
                    .elif_else_clauses
                    .iter()
                    .map(|clause| (clause.test.as_ref(), &clause.body[..]))
                    .collect();
                self.branch(&branch.test, &branch.body, &clauses);
            }
            Stmt::For(turns) => self.turns(turns),
            Stmt::While(turns) => self.repeat(turns),
            Stmt::With(with) => self.with(with),
            Stmt::Try(tried) => self.attempt(tried),
            Stmt::Match(choice) => self.choose(choice),
            Stmt::Assert(assert) => {
                let ways = self.condition(&assert.test);
                let outer = std::mem::replace(&mut self.guard, ways.no);
                if let Some(message) = &assert.msg {
                    self.expression(message);
                }
                // With `-O` it is not checked, so nothing follows from it.
                self.guard = outer;
            }
            Stmt::FunctionDef(definition) => {
                let mut made = self.nested(Some(&definition.parameters), &definition.body);
                for decorator in definition.decorator_list.iter().rev() {
                    let callee = self.callee(&decorator.expression);
                    let argument = Argument { value: made, by: By::Position };
                    made = self.step(StepKind::Call(callee, vec![argument]));
                }
                self.assign(&definition.name.id, made);
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Break(_) | Stmt::Continue(_) => {
                if let Some(names) = self.loops.last().cloned() {
                    for (name, slot) in names {
                        if let Some(here) = self.scope().here.get(&name).copied() {
                            self.copy(here, slot);
                        }
                    }
                }
                self.ended = true;
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) => {}
            Stmt::ClassDef(_) => self.unknown = Some("makes a class"),
            Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => self.unknown = Some("not known"),
        }
    }

    fn import(&mut self, import: &ast::StmtImport) {
        for alias in &import.names {
            let (module, name) = match &alias.asname {
                Some(name) => (alias.name.as_str(), name.id.clone()),
                None => {
                    let first = alias.name.as_str().split('.').next().unwrap_or_default();
                    (first, Name::new(first))
                }
            };
            let value = self.step(StepKind::Import(module.to_owned()));
            self.assign(&name, value);
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        let module = import.module.as_ref().map(ToString::to_string);
        for alias in &import.names {
            let name = alias.name.to_string();
            let kind = StepKind::ImportFrom(module.clone(), import.level, name);
            let value = self.step(kind);
            self.assign(&alias.asname.as_ref().unwrap_or(&alias.name).id.clone(), value);
        }
    }

    /// A value that the function gives away; of a function within, to nobody knows whom.
    pub(super) fn leave(&mut self, value: Slot) {
        if self.scopes.len() == 1 {
            self.step(StepKind::Return(value));
        }
    }

    pub(super) fn store(&mut self, target: &Expr, value: Slot) {
        match target {
            Expr::Name(name) => self.assign(&name.id, value),
            Expr::Attribute(attribute) => {
                let of = self.expression(&attribute.value);
                let name = self.private(&attribute.attr.id);
                self.step(StepKind::Set(of, Some(name), value));
            }
            Expr::Subscript(item) => {
                let of = self.expression(&item.value);
                self.expression(&item.slice);
                self.step(StepKind::Set(of, None, value));
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let mut starred = false;
                for (at, target) in elts.iter().enumerate() {
                    if let Expr::Starred(star) = target {
                        starred = true;
                        let part = self.step(StepKind::Unpack(value, None));
                        let item = Item { value: part, key: None, star: false };
                        let list = self.step(StepKind::Make(Make::List, vec![item]));
                        self.store(&star.value, list);
                    } else {
                        let at = (!starred).then_some(at);
                        let part = self.step(StepKind::Unpack(value, at));
                        self.store(target, part);
                    }
                }
            }
            Expr::Starred(star) => self.store(&star.value, value),
            _ => self.unknown = Some("not known"),
        }
    }

    pub(super) fn augment(&mut self, assign: &ast::StmtAugAssign) {
        match &*assign.target {
            Expr::Name(name) => {
                let before = self.read(&name.id);
                let value = self.expression(&assign.value);
                let after = self.step(StepKind::Augment(before, value));
                self.assign(&name.id, after);
            }
            Expr::Attribute(attribute) => {
                let of = self.expression(&attribute.value);
                let name = self.private(&attribute.attr.id);
                let before = self.step(StepKind::Attribute(of, name.clone()));
                let value = self.expression(&assign.value);
                let after = self.step(StepKind::Augment(before, value));
                self.step(StepKind::Set(of, Some(name), after));
            }
            Expr::Subscript(item) => {
                let of = self.expression(&item.value);
                let index = self.expression(&item.slice);
                let before = self.step(StepKind::Item(of, index));
                let value = self.expression(&assign.value);
                let after = self.step(StepKind::Augment(before, value));
                self.step(StepKind::Set(of, None, after));
            }
            _ => self.unknown = Some("not known"),
        }
    }

    pub(super) fn delete(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                let scope = self.scope();
                if scope.globals.contains(&name.id) || !scope.locals.contains(&name.id) {
                    let nothing = self.step(StepKind::Constant(Literal::None));
                    self.assign(&name.id, nothing);
                }
            }
            Expr::Attribute(attribute) => {
                let of = self.expression(&attribute.value);
                let name = self.private(&attribute.attr.id);
                self.step(StepKind::Delete(of, Some(name)));
            }
            Expr::Subscript(item) => {
                let of = self.expression(&item.value);
                self.expression(&item.slice);
                self.step(StepKind::Delete(of, None));
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                for target in elts {
                    self.delete(target);
                }
            }
            _ => self.unknown = Some("not known"),
        }
    }

    pub(super) fn branch(&mut self, test: &Expr, body: &[Stmt], rest: &[(Option<&Expr>, &[Stmt])]) {
        let outer = self.guard;
        let ways = self.condition(test);
        let before = self.scope().here.clone();
        self.guard = ways.yes;
        self.block(body);
        let (after, ended) = (std::mem::replace(&mut self.scope().here, before), self.ended);
        let guard = std::mem::replace(&mut self.guard, ways.no);
        self.ended = false;
        match rest {
            [] => {}
            // Of these there may be any number.
            [(Some(_), _), ..] if self.depth > DEEPEST => self.unknown = Some("too deep"),
            [(Some(test), body), rest @ ..] => {
                self.depth += 1;
                self.branch(test, body, rest);
                self.depth -= 1;
            }
            [(None, body), ..] => self.block(body),
        }
        match (ended, self.ended) {
            (true, true) => self.guard = outer,
            // What follows is reached by the other way alone.
            (true, false) => {}
            (false, true) => {
                self.scope().here = after;
                self.guard = guard;
                self.ended = false;
            }
            (false, false) => {
                self.join(after, guard);
                self.guard = outer;
            }
        }
    }

    /// The slots of what a loop binds, from its beginning.
    pub(super) fn begin_loop(&mut self, body: &[Stmt], target: Option<&Expr>) {
        let mut names = Names::of_body(body);
        if let Some(target) = target {
            names.visit_expr(target);
        }
        let mut bound: Vec<Name> = names.bound.into_iter().collect();
        bound.sort_unstable();
        let mut slots = HashMap::new();
        for name in bound {
            let scope = self.scope();
            if !scope.locals.contains(&name) || scope.used_within.contains(&name) {
                continue;
            }
            let before = scope.here.get(&name).copied();
            let slot = self.slot();
            if let Some(before) = before {
                self.copy(before, slot);
            }
            self.scope().here.insert(name.clone(), slot);
            self.bound.push((name.clone(), slot));
            slots.insert(name, slot);
        }
        self.loops.push(slots);
    }

    pub(super) fn end_loop(&mut self, or_else: &[Stmt], guard: Option<GuardId>) {
        let slots = self.loops.pop().unwrap_or_default();
        if !self.ended {
            for (name, &slot) in &slots {
                if let Some(here) = self.scope().here.get(name).copied() {
                    self.copy(here, slot);
                }
            }
        }
        self.ended = false;
        self.guard = guard;
        self.scope().here.extend(slots.iter().map(|(name, slot)| (name.clone(), *slot)));
        if !or_else.is_empty() {
            // It may not be run, after a `break`.
            let before = self.scope().here.clone();
            self.block(or_else);
            self.ended = false;
            self.guard = guard;
            self.join(before, guard);
        }
    }

    pub(super) fn turns(&mut self, turns: &ast::StmtFor) {
        if turns.is_async {
            self.unknown = Some("asynchronous");
        }
        let outer = self.guard;
        let over = self.expression(&turns.iter);
        self.begin_loop(&turns.body, Some(&turns.target));
        let value = self.step(StepKind::Iterate(over));
        self.store(&turns.target, value);
        self.block(&turns.body);
        self.end_loop(&turns.orelse, outer);
    }

    pub(super) fn repeat(&mut self, turns: &ast::StmtWhile) {
        let outer = self.guard;
        self.begin_loop(&turns.body, Some(&turns.test));
        let ways = self.condition(&turns.test);
        self.guard = ways.yes;
        self.block(&turns.body);
        self.end_loop(&turns.orelse, outer);
    }

    pub(super) fn with(&mut self, with: &ast::StmtWith) {
        if with.is_async {
            self.unknown = Some("asynchronous");
        }
        let outer = self.guard;
        let since = self.bound.len();
        let before = self.scope().here.clone();
        for item in &with.items {
            let manager = self.expression(&item.context_expr);
            let value = self.step(StepKind::Enter(manager));
            if let Some(target) = &item.optional_vars {
                self.store(target, value);
            }
        }
        self.block(&with.body);
        // The manager may end an exception that was raised anywhere in the body.
        self.ended = false;
        self.guard = outer;
        self.gather(since, &before);
    }

    pub(super) fn attempt(&mut self, tried: &ast::StmtTry) {
        let outer = self.guard;
        let since = self.bound.len();
        let before = self.scope().here.clone();
        self.block(&tried.body);
        let body_until = self.bound.len();
        if !self.ended {
            self.block(&tried.orelse);
        }
        let mut ended = self.ended;
        let mut ends = vec![(self.scope().here.clone(), self.guard, self.ended)];
        for handler in &tried.handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            self.scope().here.clone_from(&before);
            self.guard = outer;
            self.ended = false;
            let after = self.bound.len();
            let events = self.bound[since..body_until].to_vec();
            self.bound.extend(events);
            self.gather(after, &before);
            if let Some(kind) = &handler.type_ {
                self.expression(kind);
            }
            if let Some(name) = &handler.name {
                let caught = self.step(StepKind::Caught);
                self.assign(&name.id, caught);
            }
            self.block(&handler.body);
            ended &= self.ended;
            ends.push((self.scope().here.clone(), self.guard, self.ended));
        }
        self.guard = outer;
        let mut ways = ends.into_iter().filter(|(_, _, ended)| !ended);
        if let Some((names, _, _)) = ways.next() {
            self.scope().here = names;
        }
        for (names, _, _) in ways {
            self.join(names, outer);
        }
        self.ended = false;
        if !tried.finalbody.is_empty() {
            self.gather(since, &before);
            self.block(&tried.finalbody);
        }
        self.ended |= ended;
        if !self.ended {
            self.guard = outer;
        }
    }

    pub(super) fn choose(&mut self, choice: &ast::StmtMatch) {
        let outer = self.guard;
        let subject = self.expression(&choice.subject);
        let mut ends = Vec::new();
        let mut all_ended = true;
        let mut irrefutable = false;
        let before = self.scope().here.clone();
        for case in &choice.cases {
            self.scope().here.clone_from(&before);
            self.ended = false;
            self.guard = outer;
            self.pattern(&case.pattern, subject);
            match &case.guard {
                Some(test) => self.guard = self.condition(test).yes,
                None => irrefutable |= case.pattern.is_irrefutable(),
            }
            self.block(&case.body);
            all_ended &= self.ended;
            if !self.ended {
                ends.push(self.scope().here.clone());
            }
        }
        self.guard = outer;
        self.scope().here = before;
        for names in ends {
            self.join(names, outer);
        }
        self.ended = all_ended && irrefutable;
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern, subject: Slot) {
        let part = |builder: &mut Self| builder.step(StepKind::Unpack(subject, None));
        match pattern {
            Pattern::MatchValue(pattern) => {
                self.expression(&pattern.value);
            }
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => {
                let part = part(self);
                for pattern in &sequence.patterns {
                    self.pattern(pattern, part);
                }
            }
            Pattern::MatchMapping(mapping) => {
                let part = part(self);
                for pattern in &mapping.patterns {
                    self.pattern(pattern, part);
                }
                if let Some(name) = &mapping.rest {
                    let item = Item { value: part, key: None, star: false };
                    let rest = self.step(StepKind::Make(Make::Dict, vec![item]));
                    self.may_assign(&name.id, rest);
                }
            }
            Pattern::MatchClass(class) => {
                self.expression(&class.cls);
                // Which attributes the positions stand for, the class says.
                if !class.arguments.patterns.is_empty() {
                    self.unknown = Some("matches positions of a class");
                }
                for keyword in &class.arguments.keywords {
                    let name = self.private(&keyword.attr.id);
                    let value = self.step(StepKind::Attribute(subject, name));
                    self.pattern(&keyword.pattern, value);
                }
            }
            Pattern::MatchStar(star) => {
                if let Some(name) = &star.name {
                    let item = Item { value: subject, key: None, star: false };
                    let list = self.step(StepKind::Make(Make::List, vec![item]));
                    self.may_assign(&name.id, list);
                }
            }
            Pattern::MatchAs(pattern) => {
                if let Some(inner) = &pattern.pattern {
                    self.pattern(inner, subject);
                }
                if let Some(name) = &pattern.name {
                    self.may_assign(&name.id, subject);
                }
            }
            Pattern::MatchOr(either) => {
                for pattern in &either.patterns {
                    self.pattern(pattern, subject);
                }
            }
        }
    }
}
