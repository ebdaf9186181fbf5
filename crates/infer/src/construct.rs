//! Construct: instances that are made, and callables whose text is not to be had.

use std::rc::Rc;

use clew_graph::Literal;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::fact::Holder;
use crate::value::{AbstractObject, Field, Id, PointsToSet, Site};
use crate::world::{Address, Callee, DescriptorPart, ObjectKind, Shape, Trait, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// What C does that no rule speaks of.
    pub(crate) fn built_in(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        full: &Arguments,
    ) -> PointsToSet {
        let name = self.world.name(callee.function);
        let owner = match callee.shape {
            Shape::Descriptor => self.world.owner(callee.function),
            _ => None,
        };
        let of_object = owner == Some(self.world.well_known(WellKnown::Object));
        if of_object && matches!(name.as_str(), "__setattr__" | "__delattr__") {
            let of = full.positional.first().cloned().unwrap_or_default();
            for id in of.iter() {
                let name = full.positional.get(1).and_then(PointsToSet::only);
                let field = match name.and_then(|name| self.literal(name)) {
                    Some(Literal::Str(name)) => Field::Attribute(name.into()),
                    _ => Field::Somewhere,
                };
                let value = full.positional.get(2).cloned().unwrap_or_default();
                self.heap.hold(id, field, &value);
                self.heap.change(id);
            }
            return self.constant(Literal::None);
        }
        let exception = self.world.well_known(WellKnown::BaseException);
        if owner.is_some_and(|owner| self.world.is_subclass(owner, exception)) {
            return self.of_atom(site, full);
        }
        if of_object && name == "__getattribute__" {
            let of = full.positional.first().cloned().unwrap_or_default();
            return self.mixed(site, &of);
        }
        if of_object {
            // `object.__init__`, `__repr__` and the like.
            return self.unknown_constant();
        }
        let fixed = match receiver {
            Some(id) => match self.live(id) {
                Some(live) => {
                    !self.world.is_mutable(live) && !self.world.kind(live).is_definition()
                }
                None => matches!(self.heap.thing(id), AbstractObject::Constant(_)),
            },
            None => false,
        };
        if fixed {
            return self.of_atom(site, full);
        }
        self.unknown(site, &full.all())
    }

    /// An instance is made.
    pub(crate) fn construct(
        &mut self,
        site: Site,
        class: Address,
        arguments: &Arguments,
    ) -> PointsToSet {
        self.pin_class(class);
        let meta = self.world.class_of(class);
        if meta != self.world.well_known(WellKnown::Type) && self.method(meta, "__call__").is_some()
        {
            let mut reached = arguments.all();
            reached.join(&self.anything());
            return self.unknown(site, &reached);
        }
        let made = self.made(Some(class), site);
        let Some(id) = made.only() else { return made };
        let mut followed = false;
        let mut found = made.clone();
        for name in ["__new__", "__init__"] {
            let mut method = self.world.lookup(class, name);
            if let Some(wrapper) =
                method.filter(|&it| self.world.kind(it) == ObjectKind::StaticMethod)
            {
                method = self.world.part(wrapper, DescriptorPart::Function);
            }
            let method = method.filter(|&it| self.world.kind(it) == ObjectKind::Function);
            let Some(method) = method else { continue };
            followed = true;
            if name == "__new__" {
                let class = self.shared(class);
                let value = self.call_live(site, method, None, &arguments.with_first(class));
                found.join(&value);
            } else {
                self.call_live(site, method, Some(id), arguments);
            }
        }
        if followed {
            return found;
        }
        // Of C: what it is given is kept, or its items are.
        let fixed = !self.world.class_is(class, Trait::Dynamic);
        let all = arguments.all();
        let mut held = all.clone();
        for id in all.iter() {
            held.join(&self.heap.held(id));
        }
        self.heap.hold(id, Field::Somewhere, &held);
        let exception =
            self.world.is_subclass(class, self.world.well_known(WellKnown::BaseException));
        if !(fixed || exception || self.world.class_is(class, Trait::InheritsBuiltinCode)) {
            self.heap.may_change(&all);
        }
        found
    }

    /// Methods that `dataclasses` and `namedtuple` write.
    pub(crate) fn generated(
        &mut self,
        site: Site,
        names: &[String],
        full: &Arguments,
    ) -> PointsToSet {
        let mut rest = full.clone();
        let first = (!rest.positional.is_empty()).then(|| rest.positional.remove(0));
        let held = rest.all();
        for id in first.unwrap_or_default().iter() {
            self.heap.hold(id, Field::Somewhere, &held);
            for (name, value) in names.iter().skip(1).zip(&rest.positional) {
                self.heap.hold(id, Field::Attribute(name.as_str().into()), value);
            }
            for keyword in &rest.keyword {
                let field = Field::Attribute(Rc::clone(&keyword.name));
                self.heap.hold(id, field, &keyword.value);
            }
            self.heap.change(id);
            let after = ["__post_init__", "__attrs_post_init__"];
            self.protocol(site, &PointsToSet::one(id), &after, &[]);
        }
        let made = self.made(None, site);
        for id in made.iter() {
            self.heap.hold(id, Field::Somewhere, &held);
        }
        made
    }

    /// What the text of a function that cannot be followed names may change.
    pub(crate) fn may_change_outside(&mut self, function: Address) {
        let globals = self.world.held(&Holder::Globals(function)).unwrap_or(0);
        let mut named = PointsToSet::default();
        for name in self.world.names_used(function) {
            let holder = Holder::Entry(globals, name.as_str().into());
            let found = self.world.held(&holder);
            if found.is_some_and(|found| {
                self.world.changes_in_place(found) && !self.world.kind(found).is_definition()
            }) {
                named.join(&self.held_outside(holder));
            }
        }
        for at in 0..self.world.closure_size(function) {
            named.join(&self.held_outside(Holder::Cell(function, at)));
        }
        let named: Vec<Id> =
            named.iter().filter(|&id| self.heap.thing(id) != &AbstractObject::Anything).collect();
        for id in named {
            self.heap.may_change(&PointsToSet::one(id));
        }
    }
}
