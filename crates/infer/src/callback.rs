//! Callback: functions that are passed to a call, which may call them.

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::value::{AbstractObject, Id, PointsToSet, Site};
use crate::world::{ObjectKind, Trait, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// Of what the program gave, functions and what stands for one.
    pub(crate) fn call_passed(&mut self, site: Site, given: &PointsToSet) {
        let mut callables = Vec::new();
        for id in given.iter() {
            let stands = match self.heap.thing(id) {
                AbstractObject::Parameter { live, .. } => {
                    let live = *live;
                    let kind = self.world.class_of(live);
                    self.world.kind(live) != ObjectKind::Module
                        && (self.world.kind(live).is_definition()
                            || self.world.class_is(kind, Trait::Partial)
                            || kind == self.world.well_known(WellKnown::Method)
                            || self.world.class_is(kind, Trait::CalledInPython))
                }
                AbstractObject::Global(address) => self.world.kind(*address) == ObjectKind::Class,
                _ => false,
            };
            if stands {
                callables.push(id);
            }
        }
        if callables.is_empty() {
            return;
        }
        if self.calling_back {
            // One that is itself given to one that was given.
            self.unknown(site, given);
            return;
        }
        self.calling_back = true;
        for id in callables {
            let mut reached = PointsToSet::default();
            for other in given.iter().filter(|&other| other != id) {
                reached.add(other);
                reached.join(&self.heap.held(other));
            }
            let arguments = Arguments { more: reached, ..Arguments::default() };
            self.call_value(site, id, &arguments);
        }
        self.calling_back = false;
    }

    /// Functions that are passed to a call are taken to be called, with anything else that is.
    pub(crate) fn call_back(&mut self, site: Site, arguments: &Arguments) {
        let mut given = arguments.all();
        self.call_passed(site, &given);
        for id in given.clone().iter() {
            if matches!(self.heap.thing(id), AbstractObject::Allocation { .. }) {
                given.join(&self.heap.held(id));
            }
        }
        let callables: Vec<Id> = given
            .iter()
            .filter(|&id| match self.heap.thing(id) {
                AbstractObject::Bound { .. } => true,
                AbstractObject::Global(address) => {
                    let object = *address;
                    matches!(
                        self.world.kind(object),
                        ObjectKind::Function
                            | ObjectKind::NativeFunction
                            | ObjectKind::NativeMethod
                    )
                }
                _ => false,
            })
            .collect();
        if callables.is_empty() {
            return;
        }
        if self.calling_back {
            // One that is itself given to one that was given.
            self.unknown(site, &given);
            return;
        }
        let mut reached = PointsToSet::default();
        for id in given.iter().filter(|id| !callables.contains(id)) {
            reached.add(id);
            reached.join(&self.heap.held(id));
        }
        let arguments = Arguments { more: reached, ..Arguments::default() };
        self.calling_back = true;
        for id in callables {
            self.call_value(site, id, &arguments);
        }
        self.calling_back = false;
    }
}
