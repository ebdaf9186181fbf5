//! Outside: what functions get at that nobody passed to them, and what of it an answer hangs on.

use std::rc::Rc;

use clew_graph::Literal;

use crate::engine::Engine;
use crate::fact::{Condition, Fact, Holder};
use crate::value::{AbstractObject, Field, Id, PointsToSet};
use crate::world::{Address, ObjectKind, Trait, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// The variables of the module that a function on the way sees.
    pub(crate) fn globals(&self, at: usize) -> Address {
        self.world.held(&Holder::Globals(self.frames[at].function)).unwrap_or(0)
    }

    /// What a function's closure holds under a name; `None` where it has no such variable.
    pub(crate) fn free(&mut self, at: usize, name: &str) -> Option<PointsToSet> {
        let function = self.frames[at].function;
        let place = self.world.free_variable(function, name)?;
        let cell = self.world.cell(function, place)?;
        let mut value = self.held_outside(Holder::Cell(function, place));
        let kept = self.heap.id(AbstractObject::ReachableFromGlobal(cell));
        if let Some(bound) = self.heap.field(kept, &Field::Somewhere).cloned() {
            value.join(&bound);
        }
        Some(value)
    }

    /// What a variable of a function's module may stand for.
    pub(crate) fn global(&mut self, at: usize, name: &str) -> PointsToSet {
        // Of a function within another only its own text was read.
        if let Some(value) = self.free(at, name) {
            return value;
        }
        let globals = self.globals(at);
        let kept = self.heap.id(AbstractObject::ReachableFromGlobal(globals));
        let bound = self.heap.field(kept, &Field::Attribute(name.into())).cloned();
        let bound = bound.unwrap_or_default();
        let holder = Holder::Entry(globals, name.into());
        let Some(found) = self.world.held(&holder) else {
            self.pin(holder);
            let builtins = self.world.well_known(WellKnown::Builtins);
            let mut value = self.held_outside(Holder::Entry(builtins, name.into()));
            value.join(&bound);
            return value;
        };
        if self.world.is_rebound(self.frames[at].function, name) {
            self.reads_named.insert((globals, name.into()));
            if !self.world.is_mutable(found) {
                let kind = Condition::Kind(self.world.class_of(found));
                self.remember(Fact::Held(holder, kind));
                let mut value = self.unknown_constant();
                value.join(&bound);
                return value;
            }
        }
        let mut value = self.held_outside(holder);
        value.join(&bound);
        value
    }

    /// What `from module import name` gives.
    pub(crate) fn import_from(
        &mut self,
        at: usize,
        module: Option<&str>,
        level: u32,
        name: &str,
    ) -> PointsToSet {
        let mut full = module.unwrap_or_default().to_owned();
        if level > 0 {
            let function = self.frames[at].function;
            let Some(mut package) = self.world.package(function) else { return self.anything() };
            for _ in 1..level {
                package.truncate(package.rfind('.').unwrap_or(0));
            }
            full = if full.is_empty() { package } else { format!("{package}.{full}") };
        }
        let modules = self.world.well_known(WellKnown::Modules);
        let module = self.pin(Holder::Entry(modules, full.as_str().into()));
        let Some(module) = module.filter(|&it| self.world.kind(it) == ObjectKind::Module) else {
            return self.anything();
        };
        let holder = Holder::Entry(self.world.variables(module), name.into());
        if self.pin(holder.clone()).is_none() {
            let below = format!("{full}.{name}").into();
            return self.held_outside(Holder::Entry(modules, below));
        }
        self.held_outside(holder)
    }

    /// An object that a module, class or closure holds.
    pub(crate) fn shared(&mut self, object: Address) -> PointsToSet {
        if let Some(value) = self.world.constant(object) {
            return self.constant(value);
        }
        if !self.world.is_mutable(object) && !self.world.kind(object).is_definition() {
            return self.unknown_constant();
        }
        // One of the values that were passed is that.
        if let Some(root) = self.roots.iter().position(|&root| root == object) {
            self.note(root as u32, &Rc::from([]), Condition::Is(object));
            return PointsToSet::one(self.passed(root as u32, &[], object));
        }
        if self.world.changes_in_place(object) && self.world.kind(object) != ObjectKind::Module {
            self.reads.insert(object);
        }
        PointsToSet::one(self.heap.id(AbstractObject::Global(object)))
    }

    pub(crate) fn shared_or_anything(&mut self, object: Option<Address>) -> PointsToSet {
        match object {
            Some(object) => self.shared(object),
            None => self.anything(),
        }
    }

    pub(crate) fn passed(&mut self, root: u32, path: &[Rc<str>], live: Address) -> Id {
        // A value that is passed twice is one.
        let first = match path {
            [] => self.roots.iter().position(|&other| other == live),
            _ => None,
        };
        let root = first.map_or(root, |first| first as u32);
        self.heap.id(AbstractObject::Parameter { root, path: path.into(), live })
    }

    /// Notes what the answer hangs on.
    pub(crate) fn note(&mut self, root: u32, path: &Rc<[Rc<str>]>, condition: Condition) {
        self.remember(Fact::Passed { root, path: Rc::clone(path), condition });
    }

    /// Notes that the answer hangs on a function, class or module being what is passed. When that is gone,
    /// another one may be where it was.
    pub(crate) fn note_callee(&mut self, root: u32, path: &Rc<[Rc<str>]>, callee: Address) {
        let kind = self.world.class_of(callee);
        self.note(root, path, Condition::Kind(kind));
        self.note(root, path, Condition::Is(callee));
        if kind == self.world.well_known(WellKnown::Function) {
            self.pin_code(callee);
        }
        if let Some((definition, bound)) = self.world.binding(callee)
            && bound != 0
            && self.world.kind(bound) != ObjectKind::Module
        {
            self.note(root, path, Condition::Bound(definition, bound));
        }
    }

    /// Notes that the answer hangs on the code of a function.
    pub(crate) fn pin_code(&mut self, function: Address) {
        let holder = Holder::Code(function);
        let code = self.world.held(&holder).unwrap_or(0);
        self.remember(Fact::Held(holder, Condition::Is(code)));
    }

    fn remember(&mut self, fact: Fact) {
        if self.asked.insert(fact.clone()) {
            self.facts.push(fact);
        }
    }

    /// Notes which of the values that are passed are one and the same.
    pub(crate) fn compare_roots(&mut self) {
        for at in 0..self.roots.len() {
            for before in 0..at {
                let (one, other) = (self.roots[before], self.roots[at]);
                if one == 0 || other == 0 || !self.world.is_mutable(other) {
                    continue;
                }
                let (before, at) = (before as u32, at as u32);
                self.remember(match one == other {
                    true => Fact::Same(before, at),
                    false => Fact::Distinct(before, at),
                });
            }
        }
    }

    /// Notes that the answer hangs on what is held somewhere, and gives it.
    pub(crate) fn pin(&mut self, holder: Holder) -> Option<Address> {
        let found = self.world.held(&holder);
        let condition = Condition::of(self.world, found, self.coarse);
        self.remember(Fact::Held(holder, condition));
        found
    }

    pub(crate) fn hold_fact(&mut self, holder: Holder, condition: Condition) {
        self.remember(Fact::Held(holder, condition));
    }

    /// Notes that the answer hangs on a class as it is.
    pub(crate) fn pin_class(&mut self, class: Address) {
        if self.world.class_is(class, Trait::Dynamic) {
            let condition = Condition::Version((class, self.world.version(class)));
            self.remember(Fact::Held(Holder::Object(class), condition));
        }
    }

    /// What is held somewhere outside of the call.
    pub(crate) fn held_outside(&mut self, holder: Holder) -> PointsToSet {
        let Some(found) = self.pin(holder) else { return self.anything() };
        let number = matches!(self.world.constant(found), Some(Literal::Int(_) | Literal::Str(_)));
        if number && self.coarse {
            return self.unknown_constant();
        }
        self.shared(found)
    }

    /// The class of a thing, if it is known.
    pub(crate) fn class(&mut self, id: Id) -> Option<Address> {
        match self.heap.thing(id).clone() {
            AbstractObject::Parameter { root, path, live } => {
                let class = self.world.class_of(live);
                self.note(root, &path, Condition::of_class(self.world, class));
                Some(class)
            }
            AbstractObject::Global(address) => {
                let class = self.world.class_of(address);
                if self.world.class_is(class, Trait::Dynamic) {
                    let condition = Condition::of_class(self.world, class);
                    self.remember(Fact::Held(Holder::Object(address), condition));
                }
                Some(class)
            }
            AbstractObject::Allocation { class, .. } => class,
            AbstractObject::Constant(Some(Literal::Str(_))) => {
                Some(self.world.well_known(WellKnown::Str))
            }
            AbstractObject::Constant(Some(Literal::Int(_))) => {
                Some(self.world.well_known(WellKnown::Int))
            }
            AbstractObject::Constant(Some(Literal::Bool(_))) => {
                Some(self.world.well_known(WellKnown::Bool))
            }
            AbstractObject::Constant(Some(Literal::None)) => {
                Some(self.world.well_known(WellKnown::NoneType))
            }
            AbstractObject::Bound { .. } => Some(self.world.well_known(WellKnown::Method)),
            AbstractObject::Constant(_)
            | AbstractObject::ReachableFrom(_)
            | AbstractObject::ReachableFromGlobal(_)
            | AbstractObject::Merged { .. }
            | AbstractObject::Anything => None,
        }
    }

    /// The live object that a thing is for certain.
    pub(crate) fn live(&self, id: Id) -> Option<Address> {
        match self.heap.thing(id) {
            AbstractObject::Parameter { live, .. } => Some(*live),
            AbstractObject::Global(address) => Some(*address),
            _ => None,
        }
    }
}
