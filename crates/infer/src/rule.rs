//! Rule: what annotations say of calls that are followed, and what then comes of them.

use clew_effects::{Depth, Effects, Landing, Place, Resource};

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::question::is_reported;
use crate::value::{Field, Id, PointsToSet, Site};
use crate::world::{Callee, ObjectKind, Shape, World};

impl<W: World> Engine<'_, W> {
    /// What a rule says of a call.
    pub(crate) fn rule(
        &mut self,
        callee: &Callee,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Option<Effects> {
        let class = receiver.and_then(|id| match self.live(id) {
            Some(live) if self.world.kind(live) == ObjectKind::Class => Some(live),
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

    /// Does what a rule says.
    pub(crate) fn apply(
        &mut self,
        site: Site,
        effects: &Effects,
        receiver: &PointsToSet,
        arguments: &Arguments,
    ) -> PointsToSet {
        let value = self.made(None, site);
        let mut followed = Followed { engine: self, site, receiver, arguments, value };
        effects.land(&mut followed);
        let value = followed.value;
        self.call_back(site, arguments);
        value
    }
}

/// A call that is followed, on whose points-to sets the effects of a rule land.
struct Followed<'f, 'e, W> {
    engine: &'f mut Engine<'e, W>,
    site: Site,
    receiver: &'f PointsToSet,
    arguments: &'f Arguments,
    /// What the call gives.
    value: PointsToSet,
}

impl<W: World> Landing for Followed<'_, '_, W> {
    type Values = PointsToSet;

    fn receiver(&self) -> PointsToSet {
        self.receiver.clone()
    }

    fn positional(&self, at: usize) -> PointsToSet {
        self.arguments.positional.get(at).unwrap_or(&self.arguments.more).clone()
    }

    fn keyword(&self, name: &str) -> PointsToSet {
        let mut value = self.arguments.more_keyword.clone();
        for keyword in self.arguments.keyword.iter().filter(|keyword| *keyword.name == *name) {
            value.join(&keyword.value);
        }
        value
    }

    fn all_positional(&self) -> PointsToSet {
        let mut all = self.arguments.more.clone();
        self.arguments.positional.iter().for_each(|value| _ = all.join(value));
        all
    }

    fn all_arguments(&self) -> PointsToSet {
        self.arguments.all()
    }

    fn result(&self) -> PointsToSet {
        PointsToSet::default()
    }

    fn mutate(&mut self, values: PointsToSet, depth: Depth) {
        if depth == Depth::Deep {
            self.engine.heap.change_deeply(&values);
            return;
        }
        let engine = &mut *self.engine;
        for id in values.iter() {
            if engine.live(id).is_none_or(|live| engine.world.is_mutable(live)) {
                engine.heap.change(id);
            }
        }
    }

    fn consume(&mut self, values: PointsToSet) {
        for id in values.iter() {
            let Some(live) = self.engine.live(id) else { continue };
            self.engine.class(id);
            if self.engine.world.is_iterator(live) {
                self.engine.heap.change(id);
            }
        }
    }

    fn view(&mut self, places: &[Place]) {
        let mut all = PointsToSet::default();
        places.iter().for_each(|place| _ = all.join(&self.at(place)));
        let results = usize::from(places.contains(&Place::Result));
        if results > 0 {
            self.value = self.engine.mixed(self.site, &all);
        }
        if places.len() - results > 1 {
            for id in all.iter() {
                self.engine.heap.hold(id, Field::Somewhere, &all);
            }
        }
    }

    fn handle(&mut self, place: &Place, resource: &Resource) {
        if !is_reported(&resource.state) {
            return;
        }
        if *place == Place::Result {
            // What happens to a new object is nobody's concern, and this is none.
            self.value = self.engine.mixed(self.site, &PointsToSet::default());
        }
        let values = match place {
            Place::Result => self.value.clone(),
            place => self.at(place),
        };
        let key = resource.resolve(|_| None);
        self.engine.handles.extend(values.iter().map(|id| (id, key.clone())));
    }

    fn read(&mut self, resource: &Resource) {
        self.touch(resource, false);
    }

    fn write(&mut self, resource: &Resource) {
        self.touch(resource, true);
    }
}

impl<W: World> Followed<'_, '_, W> {
    fn touch(&mut self, resource: &Resource, written: bool) {
        // Which part values name is not known here.
        self.engine.states.insert((resource.resolve(|_| None), written));
    }
}
