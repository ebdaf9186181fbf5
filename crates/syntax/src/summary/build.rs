//! Building: a function's body as steps.

use std::collections::{HashMap, HashSet};

use clew_graph::Literal;
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::name::{DEEPEST, Names};
use super::{Guard, GuardId, Parameters, Slot, Step, StepKind, Summary};
use crate::name::private::{mangle, private_prefix};

mod expression;
mod statement;

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
                        let nothing = builder.step(StepKind::Constant(Literal::None));
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

    fn private(&self, name: &Name) -> String {
        match &self.class {
            Some(class) => mangle(name, class).to_string(),
            None => name.to_string(),
        }
    }
}
