//! Rule: what annotations say of calls that are followed, and what then comes of them.

use std::rc::Rc;

use clew_effects::{CallFacts, Change, Depth, Effects, Key, Place, Scalar};
use clew_syntax::summary::Constant;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::value::{AbstractObject, Field, Id, PointsToSet, Site};
use crate::world::{Callee, Kind, Shape, Trait, WellKnown, World};

/// What rules may ask about a call that is not made. Versions of packages are for the world to add.
pub(crate) struct AbstractFacts {
    positional: Vec<Scalar>,
    keyword: Vec<(Rc<str>, Scalar)>,
}

impl<W: World> Engine<'_, W> {
    /// What a rule says of a call.
    pub(crate) fn rule(
        &mut self,
        callee: &Callee,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Option<Effects> {
        let class = receiver.and_then(|id| match self.live(id) {
            Some(live) if self.world.kind(live) == Kind::Class => Some(live),
            _ => self.class(id),
        });
        let unbound = match (callee.shape, receiver) {
            (Shape::Descriptor, None) => {
                let first = arguments.positional.first().and_then(PointsToSet::only);
                first.and_then(|id| self.class(id))
            }
            _ => None,
        };
        let facts = self.facts_of(arguments);
        self.world.rule(callee.callable, class, unbound, &facts)
    }

    pub(crate) fn facts_of(&mut self, arguments: &Arguments) -> AbstractFacts {
        let mut scalar = |value: &PointsToSet| {
            let known = value.only().and_then(|id| self.scalar(id));
            match known {
                Some(Constant::None) => Scalar::None,
                Some(Constant::Bool(value)) => Scalar::Bool(value),
                Some(Constant::Int(value)) => Scalar::Int(value),
                Some(Constant::Str(value)) => Scalar::Str(value),
                Some(Constant::Other) | None => Scalar::Unknown,
            }
        };
        let positional = arguments.positional.iter().map(&mut scalar).collect();
        let keyword = arguments
            .keyword
            .iter()
            .map(|keyword| {
                let value = if keyword.certain { scalar(&keyword.value) } else { Scalar::Unknown };
                (Rc::clone(&keyword.name), value)
            })
            .collect();
        AbstractFacts { positional, keyword }
    }

    /// Does what a rule says.
    pub(crate) fn apply(
        &mut self,
        site: Site,
        effects: &Effects,
        receiver: &PointsToSet,
        arguments: &Arguments,
    ) -> PointsToSet {
        let mut value = self.made(None, site);
        for change in &effects.changes {
            match change {
                Change::Mutates { place, depth } => {
                    let of = place_of(place, receiver, arguments);
                    if *depth == Depth::Deep {
                        self.heap.change_deeply(&of);
                        continue;
                    }
                    for id in of.iter() {
                        if self.live(id).is_none_or(|live| self.world.is_mutable(live)) {
                            self.heap.change(id);
                        }
                    }
                }
                Change::Consumes(place) => {
                    for id in place_of(place, receiver, arguments).iter() {
                        let moves = match self.live(id) {
                            Some(live) => {
                                self.class(id);
                                self.world.is_iterator(live)
                            }
                            None => false,
                        };
                        if moves {
                            self.heap.change(id);
                        }
                    }
                }
                Change::Views(places) => {
                    let mut all = PointsToSet::default();
                    for place in places {
                        all.join(&place_of(place, receiver, arguments));
                    }
                    let others = usize::from(places.contains(&Place::Result));
                    if others > 0 {
                        value = self.mixed(site, &all);
                    }
                    if places.len() - others > 1 {
                        for id in all.iter() {
                            self.heap.hold(id, Field::Somewhere, &all);
                        }
                    }
                }
                Change::Handle { .. } => {}
                Change::Reads(resource) | Change::Writes(resource) => {
                    let written = matches!(change, Change::Writes(_));
                    let whole = !matches!(resource.key, Some(Key::Name(_)));
                    if whole {
                        self.states.insert((resource.state.clone(), written));
                    }
                }
            }
        }
        self.call_back(site, arguments);
        value
    }

    /// Of what the program gave, functions and what stands for one.
    pub(crate) fn call_passed(&mut self, site: Site, given: &PointsToSet) {
        let mut callables = Vec::new();
        for id in given.iter() {
            let stands = match self.heap.thing(id) {
                AbstractObject::Parameter { live, .. } => {
                    let live = *live;
                    let kind = self.world.class_of(live);
                    self.world.kind(live) != Kind::Module
                        && (self.world.kind(live).is_definition()
                            || self.world.class_is(kind, Trait::Partial)
                            || kind == self.world.well_known(WellKnown::Method)
                            || self.world.class_is(kind, Trait::CalledInPython))
                }
                AbstractObject::Global(address) => self.world.kind(*address) == Kind::Class,
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
                        Kind::Function | Kind::NativeFunction | Kind::NativeMethod
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

impl CallFacts for AbstractFacts {
    fn positional(&self) -> usize {
        self.positional.len()
    }

    fn positional_value(&self, index: usize) -> Scalar {
        self.positional.get(index).cloned().unwrap_or(Scalar::Unknown)
    }

    fn keywords(&self) -> usize {
        self.keyword.len()
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        self.keyword.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone())
    }

    fn version(&self, _package: &str) -> Option<String> {
        None
    }
}

pub(crate) fn place_of(
    place: &Place,
    receiver: &PointsToSet,
    arguments: &Arguments,
) -> PointsToSet {
    match place {
        Place::Receiver => receiver.clone(),
        Place::Positional(at) => match arguments.positional.get(*at as usize) {
            Some(value) => value.clone(),
            None => arguments.more.clone(),
        },
        Place::Keyword(name) => {
            let mut value = arguments.more_keyword.clone();
            for keyword in arguments.keyword.iter().filter(|keyword| *keyword.name == **name) {
                value.join(&keyword.value);
            }
            value
        }
        Place::AllPositional => {
            let mut all = arguments.more.clone();
            for value in &arguments.positional {
                all.join(value);
            }
            all
        }
        Place::AllArguments => arguments.all(),
        Place::Result => PointsToSet::default(),
    }
}
