//! Building: a function's body as steps.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Operator, Pattern, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::name::{DEEPEST, Names};
use super::{
    Argument, By, Callee, Comparison, Constant, Guard, GuardId, Item, Make, Parameters, Slot, Step,
    StepKind, Summary,
};
use crate::name::private::{mangle, private_prefix};

/// How many steps a function may have before nothing is said of it.
const MOST_STEPS: usize = 20_000;

/// The summaries of all functions in a module.
pub(super) fn build(text: &str, body: &[Stmt]) -> Vec<Summary> {
    let lines = std::iter::once(0)
        .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
        .map(|at| TextSize::try_from(at).unwrap_or_default())
        .collect();
    let mut finder = Finder { lines, class: None, around: Vec::new(), depth: 0, found: Vec::new() };
    finder.visit_body(body);
    finder.found
}

/// Finds the functions of a module.
struct Finder {
    lines: Vec<TextSize>,
    class: Option<Name>,
    /// What the functions around bind, the innermost last.
    around: Vec<HashSet<Name>>,
    depth: usize,
    found: Vec<Summary>,
}

impl Finder {
    fn line(&self, at: TextSize) -> u32 {
        u32::try_from(self.lines.partition_point(|&start| start <= at)).unwrap_or(u32::MAX)
    }

    fn add(
        &mut self,
        name: &str,
        at: TextSize,
        parameters: Option<&ast::Parameters>,
        names: Names,
        walk: impl FnOnce(&mut Builder),
    ) -> HashSet<Name> {
        let mut builder = Builder { class: self.class.clone(), ..Builder::default() };
        builder.around.clone_from(&self.around);
        builder.unknown = names.refused;
        let taken = parameters.map(taken).unwrap_or_default();
        builder.slots = u32::try_from(taken.names().count()).unwrap_or(u32::MAX);
        let generator = names.yields;
        let scope = Scope::new(names, taken.names());
        let bound = scope.locals.clone();
        builder.scopes.push(scope);
        builder.first = taken.positional.first().map(Name::new);
        for (at, name) in taken.names().enumerate() {
            let slot = Slot(u32::try_from(at).unwrap_or(u32::MAX));
            builder.assign(&Name::new(name), slot);
        }
        if builder.unknown.is_none() {
            walk(&mut builder);
        }
        self.found.push(Summary {
            name: name.to_owned(),
            line: self.line(at),
            parameters: taken,
            generator,
            slots: builder.slots,
            steps: builder.steps,
            guards: builder.guards,
            unknown: builder.unknown,
        });
        bound
    }
}

fn taken(parameters: &ast::Parameters) -> Parameters {
    let name = |parameter: &ast::ParameterWithDefault| parameter.parameter.name.to_string();
    Parameters {
        positional: parameters.posonlyargs.iter().chain(&parameters.args).map(name).collect(),
        positional_only: parameters.posonlyargs.len(),
        keyword_only: parameters.kwonlyargs.iter().map(name).collect(),
        star: parameters.vararg.as_ref().map(|parameter| parameter.name.to_string()),
        double_star: parameters.kwarg.as_ref().map(|parameter| parameter.name.to_string()),
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(definition) => {
                for decorator in &definition.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                self.visit_parameters(&definition.parameters);
                let at = definition
                    .decorator_list
                    .iter()
                    .map(Ranged::start)
                    .fold(definition.start(), TextSize::min);
                let mut names = Names::of_body(&definition.body);
                if definition.is_async {
                    names.refused = Some("asynchronous");
                }
                let parameters = Some(&*definition.parameters);
                let bound = self.add(&definition.name, at, parameters, names, |builder| {
                    builder.block(&definition.body);
                    if !builder.ended {
                        let nothing = builder.step(StepKind::Constant(Constant::None));
                        builder.leave(nothing);
                    }
                });
                self.around.push(bound);
                self.visit_body(&definition.body);
                self.around.pop();
            }
            Stmt::ClassDef(definition) => {
                for decorator in &definition.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                let class = private_prefix(&definition.name.id);
                let outer = std::mem::replace(&mut self.class, class);
                self.visit_body(&definition.body);
                self.class = outer;
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.depth += 1;
        if self.depth <= DEEPEST {
            if let Expr::Lambda(lambda) = expression {
                let names = Names::of_expression(&lambda.body);
                let at = lambda.start();
                let parameters = lambda.parameters.as_deref();
                let bound = self.add("<lambda>", at, parameters, names, |builder| {
                    let value = builder.expression(&lambda.body);
                    builder.step(StepKind::Return(value));
                });
                self.around.push(bound);
                visitor::walk_expr(self, expression);
                self.around.pop();
            } else {
                visitor::walk_expr(self, expression);
            }
        }
        self.depth -= 1;
    }
}

/// The variables of a function while its body is walked.
struct Scope {
    locals: HashSet<Name>,
    globals: HashSet<Name>,
    used_within: HashSet<Name>,
    /// The slots of variables that functions within use: one each, whatever is bound to it when.
    shared: HashMap<Name, Slot>,
    /// The slots of the other variables, as they are here.
    here: HashMap<Name, Slot>,
}

impl Scope {
    fn new<'n>(names: Names, parameters: impl Iterator<Item = &'n str>) -> Self {
        let Names { mut bound, globals, nonlocals, used_within, .. } = names;
        bound.retain(|name| !globals.contains(name) && !nonlocals.contains(name));
        bound.extend(parameters.map(Name::new));
        Self { locals: bound, globals, used_within, shared: HashMap::new(), here: HashMap::new() }
    }
}

#[derive(Default)]
struct Builder {
    slots: u32,
    steps: Vec<Step>,
    guards: Vec<Guard>,
    guard: Option<GuardId>,
    /// The function's own, and those of functions within that are being walked.
    scopes: Vec<Scope>,
    /// What the functions around bind, the innermost last.
    around: Vec<HashSet<Name>>,
    class: Option<Name>,
    first: Option<Name>,
    unknown: Option<&'static str>,
    /// Whether control never comes to what follows in the block.
    ended: bool,
    /// What was bound so far.
    bound: Vec<(Name, Slot)>,
    /// Of each loop around in the innermost function, the slots of what it binds.
    loops: Vec<HashMap<Name, Slot>>,
    depth: usize,
}

/// How a test comes out: under which guard what follows it is reached.
struct Ways {
    yes: Option<GuardId>,
    no: Option<GuardId>,
}

impl Builder {
    fn slot(&mut self) -> Slot {
        let slot = Slot(self.slots);
        self.slots += 1;
        slot
    }

    fn step(&mut self, kind: StepKind) -> Slot {
        let to = self.slot();
        self.step_to(kind, to);
        to
    }

    fn step_to(&mut self, kind: StepKind, to: Slot) {
        if self.steps.len() >= MOST_STEPS {
            self.unknown = Some("too long");
            return;
        }
        self.steps.push(Step { guard: self.guard, kind, to });
    }

    /// Adds to what a slot that is there already may hold.
    fn copy(&mut self, from: Slot, to: Slot) {
        if from != to {
            self.step_to(StepKind::Copy(from), to);
        }
    }

    fn anything(&mut self) -> Slot {
        self.step(StepKind::Anything)
    }

    fn guarded(&mut self, parent: Option<GuardId>, test: Slot, truth: bool) -> Option<GuardId> {
        let id = GuardId(u32::try_from(self.guards.len()).unwrap_or(u32::MAX));
        self.guards.push(Guard { parent, test, truth });
        Some(id)
    }

    fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("a function is being walked")
    }

    // Names

    fn read(&mut self, name: &Name) -> Slot {
        for at in (0..self.scopes.len()).rev() {
            let inner = at + 1 == self.scopes.len();
            let scope = &self.scopes[at];
            if scope.globals.contains(name) {
                return self.step(StepKind::Global(name.to_string()));
            }
            if !scope.locals.contains(name) {
                continue;
            }
            if scope.used_within.contains(name) || !inner {
                return self.shared(at, name);
            }
            return match scope.here.get(name).copied() {
                Some(slot) => slot,
                None => self.anything(),
            };
        }
        if self.around.iter().any(|names| names.contains(name)) {
            return self.step(StepKind::Free(name.to_string()));
        }
        self.step(StepKind::Global(name.to_string()))
    }

    fn shared(&mut self, at: usize, name: &Name) -> Slot {
        if let Some(&slot) = self.scopes[at].shared.get(name) {
            return slot;
        }
        let slot = self.slot();
        self.scopes[at].shared.insert(name.clone(), slot);
        slot
    }

    /// Binds a name to a value.
    fn assign(&mut self, name: &Name, value: Slot) {
        let innermost = self.scopes.len() - 1;
        for at in (0..self.scopes.len()).rev() {
            let scope = &mut self.scopes[at];
            if scope.globals.contains(name) {
                self.step(StepKind::BindGlobal(name.to_string(), value));
                return;
            }
            if !scope.locals.contains(name) {
                continue;
            }
            if at < innermost || scope.used_within.contains(name) {
                let slot = self.shared(at, name);
                self.copy(value, slot);
                return;
            }
            scope.here.insert(name.clone(), value);
            self.bound.push((name.clone(), value));
            return;
        }
        self.step(StepKind::BindFree(name.to_string(), value));
    }

    /// Binds a name to a value that it may have, or still another.
    fn may_assign(&mut self, name: &Name, value: Slot) {
        let before = self.scope().here.get(name).copied();
        match before {
            Some(before) if before != value => {
                let slot = self.slot();
                self.copy(before, slot);
                self.copy(value, slot);
                self.assign(name, slot);
            }
            _ => self.assign(name, value),
        }
    }

    /// Binds names anew to what they are here, were before, or may have been since.
    fn gather(&mut self, since: usize, before: &HashMap<Name, Slot>) {
        let mut slots: HashMap<Name, Slot> = HashMap::new();
        let events = self.bound[since..].to_vec();
        for (name, value) in events {
            let slot = match slots.get(&name) {
                Some(&slot) => slot,
                None => {
                    let slot = self.slot();
                    let here = self.scope().here.get(&name).copied();
                    for known in [here, before.get(&name).copied()].into_iter().flatten() {
                        self.copy(known, slot);
                    }
                    slots.insert(name.clone(), slot);
                    slot
                }
            };
            self.copy(value, slot);
        }
        for (name, slot) in slots {
            self.scope().here.insert(name.clone(), slot);
            self.bound.push((name, slot));
        }
    }

    /// Joins what names are after one way with what they are after another, which is at hand.
    fn join(&mut self, other: HashMap<Name, Slot>, other_guard: Option<GuardId>) {
        let guard = self.guard;
        let mut names: Vec<(Name, Slot)> = other.into_iter().collect();
        names.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        for (name, slot) in names {
            match self.scope().here.get(&name).copied() {
                None => {
                    self.scope().here.insert(name, slot);
                }
                Some(here) if here != slot => {
                    let joined = self.slot();
                    self.copy(here, joined);
                    self.guard = other_guard;
                    self.copy(slot, joined);
                    self.guard = guard;
                    self.scope().here.insert(name.clone(), joined);
                    self.bound.push((name, joined));
                }
                Some(_) => {}
            }
        }
    }

    // Statements

    fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            if self.ended || self.unknown.is_some() {
                return;
            }
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
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
                    None => self.step(StepKind::Constant(Constant::None)),
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
            Stmt::Import(import) => {
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
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(ToString::to_string);
                for alias in &import.names {
                    let name = alias.name.to_string();
                    let kind = StepKind::ImportFrom(module.clone(), import.level, name);
                    let value = self.step(kind);
                    self.assign(&alias.asname.as_ref().unwrap_or(&alias.name).id.clone(), value);
                }
            }
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

    /// A value that the function gives away; of a function within, to nobody knows whom.
    fn leave(&mut self, value: Slot) {
        if self.scopes.len() == 1 {
            self.step(StepKind::Return(value));
        }
    }

    fn store(&mut self, target: &Expr, value: Slot) {
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

    fn augment(&mut self, assign: &ast::StmtAugAssign) {
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

    fn delete(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                let scope = self.scope();
                if scope.globals.contains(&name.id) || !scope.locals.contains(&name.id) {
                    let nothing = self.step(StepKind::Constant(Constant::None));
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

    fn branch(&mut self, test: &Expr, body: &[Stmt], rest: &[(Option<&Expr>, &[Stmt])]) {
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
    fn begin_loop(&mut self, body: &[Stmt], target: Option<&Expr>) {
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

    fn end_loop(&mut self, or_else: &[Stmt], guard: Option<GuardId>) {
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

    fn turns(&mut self, turns: &ast::StmtFor) {
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

    fn repeat(&mut self, turns: &ast::StmtWhile) {
        let outer = self.guard;
        self.begin_loop(&turns.body, Some(&turns.test));
        let ways = self.condition(&turns.test);
        self.guard = ways.yes;
        self.block(&turns.body);
        self.end_loop(&turns.orelse, outer);
    }

    fn with(&mut self, with: &ast::StmtWith) {
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

    fn attempt(&mut self, tried: &ast::StmtTry) {
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

    fn choose(&mut self, choice: &ast::StmtMatch) {
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

    fn pattern(&mut self, pattern: &Pattern, subject: Slot) {
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

    // Expressions

    /// Walks a test, and says under which guards it came out which way.
    fn condition(&mut self, test: &Expr) -> Ways {
        let outer = self.guard;
        match test {
            Expr::BoolOp(both) if both.op == ast::BoolOp::And => {
                for value in &both.values {
                    self.guard = self.condition(value).yes;
                }
                let yes = std::mem::replace(&mut self.guard, outer);
                Ways { yes, no: outer }
            }
            Expr::BoolOp(either) => {
                for value in &either.values {
                    self.guard = self.condition(value).no;
                }
                let no = std::mem::replace(&mut self.guard, outer);
                Ways { yes: outer, no }
            }
            Expr::UnaryOp(not) if not.op == ast::UnaryOp::Not => {
                let Ways { yes, no } = self.condition(&not.operand);
                Ways { yes: no, no: yes }
            }
            _ => {
                let slot = self.expression(test);
                let guard = self.guard;
                Ways { yes: self.guarded(guard, slot, true), no: self.guarded(guard, slot, false) }
            }
        }
    }

    fn expression(&mut self, expression: &Expr) -> Slot {
        self.depth += 1;
        let slot = if self.depth > DEEPEST {
            self.unknown = Some("too deep");
            Slot(0)
        } else {
            self.evaluate(expression)
        };
        self.depth -= 1;
        slot
    }

    fn evaluate(&mut self, expression: &Expr) -> Slot {
        let constant = |builder: &mut Self, value| builder.step(StepKind::Constant(value));
        match expression {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.read(&name.id),
                _ => self.anything(),
            },
            Expr::NoneLiteral(_) => constant(self, Constant::None),
            Expr::BooleanLiteral(literal) => constant(self, Constant::Bool(literal.value)),
            Expr::NumberLiteral(literal) => {
                let value = match &literal.value {
                    ast::Number::Int(number) => number.as_i64().map(Constant::Int),
                    _ => None,
                };
                constant(self, value.unwrap_or(Constant::Other))
            }
            Expr::StringLiteral(literal) => {
                constant(self, Constant::Str(literal.value.to_str().to_owned()))
            }
            Expr::BytesLiteral(_) | Expr::EllipsisLiteral(_) => constant(self, Constant::Other),
            Expr::Attribute(attribute) => {
                let of = self.expression(&attribute.value);
                let name = self.private(&attribute.attr.id);
                self.step(StepKind::Attribute(of, name))
            }
            Expr::Subscript(item) => {
                let of = self.expression(&item.value);
                let index = self.expression(&item.slice);
                self.step(StepKind::Item(of, index))
            }
            Expr::Slice(slice) => {
                let parts = [&slice.lower, &slice.upper, &slice.step];
                let items = parts.into_iter().flatten().map(|part| &**part);
                self.display(Make::Slice, items)
            }
            Expr::Tuple(tuple) => self.display(Make::Tuple, &tuple.elts),
            Expr::List(list) => self.display(Make::List, &list.elts),
            Expr::Set(set) => self.display(Make::Set, &set.elts),
            Expr::Dict(dict) => {
                let mut items = Vec::new();
                for item in &dict.items {
                    let key = match &item.key {
                        Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
                        Some(key) => {
                            let value = self.expression(key);
                            items.push(Item { value, key: None, star: false });
                            None
                        }
                        None => None,
                    };
                    let value = self.expression(&item.value);
                    items.push(Item { value, key, star: item.key.is_none() });
                }
                self.step(StepKind::Make(Make::Dict, items))
            }
            Expr::FString(text) => {
                let mut items = Vec::new();
                for element in text.value.elements() {
                    self.interpolated(element, &mut items);
                }
                self.step(StepKind::Make(Make::Text, items))
            }
            Expr::BinOp(operator) => {
                let left = self.expression(&operator.left);
                let right = self.expression(&operator.right);
                let shares = matches!(
                    operator.op,
                    Operator::Add
                        | Operator::Mult
                        | Operator::Sub
                        | Operator::BitAnd
                        | Operator::BitOr
                        | Operator::BitXor
                );
                self.step(StepKind::Operator(
                    vec![left, right],
                    shares,
                    operator.op.dunder().trim_matches('_'),
                ))
            }
            Expr::UnaryOp(operator) => {
                let of = self.expression(&operator.operand);
                match operator.op {
                    ast::UnaryOp::Not => self.step(StepKind::Not(of)),
                    ast::UnaryOp::Invert => {
                        self.step(StepKind::Operator(vec![of], false, "invert"))
                    }
                    ast::UnaryOp::UAdd => self.step(StepKind::Operator(vec![of], false, "pos")),
                    ast::UnaryOp::USub => self.step(StepKind::Operator(vec![of], false, "neg")),
                }
            }
            Expr::BoolOp(operator) => self.either(operator),
            Expr::If(choice) => {
                let outer = self.guard;
                let ways = self.condition(&choice.test);
                let to = self.slot();
                for (guard, value) in [(ways.yes, &choice.body), (ways.no, &choice.orelse)] {
                    self.guard = guard;
                    let value = self.expression(value);
                    self.copy(value, to);
                }
                self.guard = outer;
                to
            }
            Expr::Compare(compare) => self.compare(compare),
            Expr::Call(call) => self.call(call),
            Expr::Named(named) => {
                let value = self.expression(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.may_assign(&name.id, value);
                }
                value
            }
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.as_deref();
                self.within(parameters, Names::of_expression(&lambda.body), |builder| {
                    builder.expression(&lambda.body);
                })
            }
            Expr::ListComp(list) => self.comprehension(Make::List, &[&list.elt], &list.generators),
            Expr::SetComp(set) => self.comprehension(Make::Set, &[&set.elt], &set.generators),
            Expr::DictComp(dict) => {
                let parts: Vec<&Expr> =
                    dict.key.iter().map(|key| &**key).chain([&*dict.value]).collect();
                self.comprehension(Make::Dict, &parts, &dict.generators)
            }
            Expr::Generator(generator) => {
                self.comprehension(Make::Generator, &[&generator.elt], &generator.generators)
            }
            Expr::Yield(yielded) => {
                if let Some(value) = &yielded.value {
                    let value = self.expression(value);
                    self.give(value);
                }
                self.anything()
            }
            Expr::YieldFrom(yielded) => {
                let from = self.expression(&yielded.value);
                let value = self.step(StepKind::Iterate(from));
                self.give(value);
                self.anything()
            }
            Expr::Starred(star) => self.expression(&star.value),
            Expr::Await(_) | Expr::TString(_) | Expr::IpyEscapeCommand(_) => {
                self.unknown = Some("not known");
                Slot(0)
            }
        }
    }

    fn give(&mut self, value: Slot) {
        if self.scopes.len() == 1 {
            self.step(StepKind::Yield(value));
        }
    }

    fn display<'e>(&mut self, make: Make, parts: impl IntoIterator<Item = &'e Expr>) -> Slot {
        let mut items = Vec::new();
        for part in parts {
            let (part, star) = match part {
                Expr::Starred(star) => (&*star.value, true),
                part => (part, false),
            };
            let mut value = self.expression(part);
            if star {
                value = self.step(StepKind::Iterate(value));
            }
            items.push(Item { value, key: None, star });
        }
        self.step(StepKind::Make(make, items))
    }

    fn interpolated(&mut self, element: &ast::InterpolatedStringElement, items: &mut Vec<Item>) {
        let ast::InterpolatedStringElement::Interpolation(element) = element else { return };
        let value = self.expression(&element.expression);
        items.push(Item { value, key: None, star: false });
        for inner in element.format_spec.iter().flat_map(|format| &format.elements) {
            self.interpolated(inner, items);
        }
    }

    /// `a and b`, `a or b`: one of the values.
    fn either(&mut self, operator: &ast::ExprBoolOp) -> Slot {
        let outer = self.guard;
        let to = self.slot();
        for (at, value) in operator.values.iter().enumerate() {
            let value = self.expression(value);
            let guard = self.guard;
            if at + 1 == operator.values.len() {
                self.copy(value, to);
            } else {
                let goes_on = operator.op == ast::BoolOp::And;
                self.guard = self.guarded(guard, value, !goes_on);
                self.copy(value, to);
                self.guard = self.guarded(guard, value, goes_on);
            }
        }
        self.guard = outer;
        to
    }

    fn compare(&mut self, compare: &ast::ExprCompare) -> Slot {
        let mut left = self.expression(&compare.left);
        let mut last = left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let right = self.expression(right);
            let kind = match op {
                ast::CmpOp::Is => StepKind::Compare(Comparison::Is, left, right),
                ast::CmpOp::IsNot => StepKind::Compare(Comparison::IsNot, left, right),
                ast::CmpOp::Eq => StepKind::Compare(Comparison::Equal, left, right),
                ast::CmpOp::NotEq => StepKind::Compare(Comparison::NotEqual, left, right),
                ast::CmpOp::In | ast::CmpOp::NotIn => {
                    self.step(StepKind::Iterate(right));
                    StepKind::Operator(vec![left, right], false, "contains")
                }
                ast::CmpOp::Lt => StepKind::Operator(vec![left, right], false, "lt"),
                ast::CmpOp::LtE => StepKind::Operator(vec![left, right], false, "le"),
                ast::CmpOp::Gt => StepKind::Operator(vec![left, right], false, "gt"),
                ast::CmpOp::GtE => StepKind::Operator(vec![left, right], false, "ge"),
            };
            last = self.step(kind);
            left = right;
        }
        // Of a chain it is not followed how it comes out.
        if compare.ops.len() > 1 {
            self.step(StepKind::Operator(vec![last], false, "bool"))
        } else {
            last
        }
    }

    fn call(&mut self, call: &ast::ExprCall) -> Slot {
        if let Expr::Name(name) = &*call.func {
            let bare = call.arguments.args.is_empty() && call.arguments.keywords.is_empty();
            match name.id.as_str() {
                "exec" | "eval" | "locals" | "globals" | "__import__" => {
                    self.unknown = Some("runs text or gives variables away");
                }
                "vars" | "dir" if bare => self.unknown = Some("gives variables away"),
                "super" if bare => return self.anything(),
                _ => {}
            }
        }
        let callee = self.callee(&call.func);
        let mut arguments = Vec::new();
        for argument in &call.arguments.args {
            let (part, by) = match argument {
                Expr::Starred(star) => (&*star.value, By::Star),
                part => (part, By::Position),
            };
            arguments.push(Argument { value: self.expression(part), by });
        }
        for keyword in &call.arguments.keywords {
            let by = match &keyword.arg {
                Some(name) => By::Keyword(name.to_string()),
                None => By::DoubleStar,
            };
            arguments.push(Argument { value: self.expression(&keyword.value), by });
        }
        self.step(StepKind::Call(callee, arguments))
    }

    fn callee(&mut self, callee: &Expr) -> Callee {
        let Expr::Attribute(attribute) = callee else {
            return Callee::Value(self.expression(callee));
        };
        let name = self.private(&attribute.attr.id);
        let of_super = match &*attribute.value {
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "super")
                    && call.arguments.args.is_empty()
                    && call.arguments.keywords.is_empty()
            }
            _ => false,
        };
        if of_super && self.scopes.len() == 1 && self.first.is_some() {
            return Callee::Super(name);
        }
        Callee::Method(self.expression(&attribute.value), name)
    }

    fn comprehension(
        &mut self,
        make: Make,
        parts: &[&Expr],
        generators: &[ast::Comprehension],
    ) -> Slot {
        let outer = self.guard;
        let mut targets = Names::default();
        for generator in generators {
            targets.visit_expr(&generator.target);
        }
        // The targets are variables of the comprehension alone.
        let scope = self.scope();
        let mut hidden = Vec::new();
        for name in targets.bound {
            let known = scope.locals.contains(&name);
            let used = scope.used_within.remove(&name);
            let here = scope.here.remove(&name);
            let global = scope.globals.remove(&name);
            scope.locals.insert(name.clone());
            hidden.push((name, known, used, here, global));
        }
        // Functions in a comprehension see its variables; they are few, and taken for the worst.
        if parts.iter().any(|part| !Names::of_expression(part).used_within.is_empty()) {
            let scope = self.scope();
            for (name, ..) in &hidden {
                scope.used_within.insert(name.clone());
            }
        }
        for generator in generators {
            let over = self.expression(&generator.iter);
            let value = self.step(StepKind::Iterate(over));
            self.store(&generator.target, value);
            for test in &generator.ifs {
                self.guard = self.condition(test).yes;
            }
        }
        let mut items = Vec::new();
        for part in parts {
            let value = self.expression(part);
            items.push(Item { value, key: None, star: false });
        }
        self.guard = outer;
        let scope = self.scope();
        for (name, known, used, here, global) in hidden {
            scope.here.remove(&name);
            if let Some(slot) = here {
                scope.here.insert(name.clone(), slot);
            }
            if used {
                scope.used_within.insert(name.clone());
            } else {
                scope.used_within.remove(&name);
            }
            if !known {
                scope.locals.remove(&name);
            }
            if global {
                scope.globals.insert(name);
            }
        }
        self.step(StepKind::Make(make, items))
    }

    fn nested(&mut self, parameters: Option<&ast::Parameters>, body: &[Stmt]) -> Slot {
        self.within(parameters, Names::of_body(body), |builder| builder.block(body))
    }

    /// Walks the body of a function within this one.
    fn within(
        &mut self,
        parameters: Option<&ast::Parameters>,
        names: Names,
        walk: impl FnOnce(&mut Self),
    ) -> Slot {
        for parameter in parameters.iter().flat_map(|all| all.iter_non_variadic_params()) {
            if let Some(default) = &parameter.default {
                self.expression(default);
            }
        }
        if let Some(refused) = names.refused {
            self.unknown = Some(refused);
            return Slot(0);
        }
        let outer = self.guard;
        let taken = parameters.map(taken).unwrap_or_default();
        let bound = std::mem::take(&mut self.bound);
        let loops = std::mem::take(&mut self.loops);
        self.scopes.push(Scope::new(names, taken.names()));
        for name in taken.names() {
            let value = self.anything();
            self.assign(&Name::new(name), value);
        }
        walk(self);
        self.scopes.pop();
        self.bound = bound;
        self.loops = loops;
        self.guard = outer;
        self.ended = false;
        self.step(StepKind::Nested)
    }

    fn private(&self, name: &Name) -> String {
        match &self.class {
            Some(class) => mangle(name, class).to_string(),
            None => name.to_string(),
        }
    }
}
