//! Inspect: what `isinstance` and `hasattr` say, as far as that is known.

use std::rc::Rc;

use crate::engine::Engine;
use crate::fact::Condition;
use crate::value::{AbstractObject, Field, Id, PointsToSet};
use crate::world::{Address, ObjectKind, Trait, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// Whether all of these are instances of one of these classes, or none is.
    pub(crate) fn is_instance(&mut self, of: &PointsToSet, classes: &PointsToSet) -> Option<bool> {
        let mut wanted = Vec::new();
        let mut open: Vec<Id> = classes.iter().collect();
        while let Some(id) = open.pop() {
            let passed = match self.heap.thing(id).clone() {
                AbstractObject::Parameter { root, path, live } => Some((root, path, live)),
                _ => None,
            };
            if let Some(live) = self.live(id) {
                if self.world.kind(live) == ObjectKind::Class {
                    if let Some((root, path, live)) = passed {
                        self.note(root, &path, Condition::Is(live));
                    }
                    self.pin_class(live);
                    wanted.push(live);
                    continue;
                }
                // What a tuple that is passed holds may be other classes at the next call.
                if passed.is_none()
                    && let Some(items) = self.world.tuple_items(live)
                {
                    if items.iter().any(|&item| self.world.kind(item) != ObjectKind::Class) {
                        return None;
                    }
                    wanted.extend(items);
                    continue;
                }
            }
            match self.heap.thing(id) {
                AbstractObject::Allocation { class: Some(class), .. }
                    if *class == self.world.well_known(WellKnown::Tuple) =>
                {
                    open.extend(self.heap.held(id).iter());
                }
                _ => return None,
            }
        }
        let mut outcome = None;
        for id in of.iter() {
            let class = self.class(id)?;
            if class == self.world.well_known(WellKnown::Exception) {
                // Of what was caught no more is known.
                return None;
            }
            let mut one = false;
            for &known in &wanted {
                if self.world.is_subclass(class, known) {
                    one = true;
                } else if self.world.class_of(known) != self.world.well_known(WellKnown::Type)
                    && !one
                    && self.method(self.world.class_of(known), "__instancecheck__").is_some()
                {
                    return None;
                }
            }
            if outcome.is_some_and(|outcome| outcome != one) {
                return None;
            }
            outcome = Some(one);
        }
        outcome
    }

    /// Whether all of these have an attribute, or none has.
    pub(crate) fn has_attribute(&mut self, of: &PointsToSet, name: &str) -> Option<bool> {
        let mut outcome = None;
        for id in of.iter() {
            let class = self.class(id)?;
            let stored = self
                .heap
                .field(id, &Field::Attribute(name.into()))
                .is_some_and(|set| !set.is_empty());
            let removed = self.heap.field(id, &Field::Removed(name.into())).is_some();
            let named = self.heap.field(id, &Field::Somewhere).is_some();
            if removed || named && !self.world.class_is(class, Trait::Filled) {
                return None;
            }
            let found = self.world.lookup(class, name);
            if found.is_some_and(|found| self.may_refuse(found)) {
                return None;
            }
            let mut one = found.is_some();
            if !one && self.world.lookup(class, "__getattr__").is_some() {
                return None;
            }
            match self.heap.thing(id).clone() {
                AbstractObject::Parameter { root, path, live } => {
                    if let ObjectKind::Class | ObjectKind::Module = self.world.kind(live) {
                        return None;
                    }
                    if !one {
                        let own = self.world.own(live, name);
                        let longer: Vec<Rc<str>> =
                            path.iter().cloned().chain([Rc::from(name)]).collect();
                        let longer = longer.into();
                        if own.is_none() {
                            if stored {
                                return None;
                            }
                            self.note(root, &longer, Condition::Absent);
                        } else {
                            self.note(root, &longer, Condition::Present);
                            one = true;
                        }
                    }
                }
                AbstractObject::Allocation { .. } | AbstractObject::Constant(_) => {
                    if stored || class == self.world.well_known(WellKnown::Exception) {
                        return None;
                    }
                    let python = self.world.class_is(class, Trait::Dynamic);
                    if !one && python {
                        return None;
                    }
                }
                _ => return None,
            }
            if outcome.is_some_and(|outcome| outcome != one) {
                return None;
            }
            outcome = Some(one);
        }
        outcome
    }

    /// Whether what a class holds under a name may give nothing for an instance.
    fn may_refuse(&self, held: Address) -> bool {
        let class = self.world.class_of(held);
        match self.world.kind(held) {
            // A slot may be empty.
            ObjectKind::Property | ObjectKind::Member => true,
            _ => {
                self.world.class_is(class, Trait::Descriptor)
                    && self.world.class_is(class, Trait::CalledInPython)
            }
        }
    }
}
