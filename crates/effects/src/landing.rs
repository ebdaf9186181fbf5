//! Landing: what the effects of a call do to the values that take part in it.

use crate::{Change, Depth, Effects, Place, Resource};

/// A call whose values are known, and to which things are done as its effects say. There is one for
/// each kind of value: live objects, nodes of a graph, and abstract objects of an analysis.
pub trait Landing {
    /// The values at a place: none, one or several.
    type Values;

    /// What the callee was taken from.
    fn receiver(&self) -> Self::Values;

    /// What is passed at a position. There may be none: a rule can speak of an argument that is
    /// left to its default.
    fn positional(&self, at: usize) -> Self::Values;

    /// What is passed by a keyword.
    fn keyword(&self, name: &str) -> Self::Values;

    /// Everything that is passed by position.
    fn all_positional(&self) -> Self::Values;

    /// Everything that is passed.
    fn all_arguments(&self) -> Self::Values;

    /// What the call returned, where that is there yet.
    fn result(&self) -> Self::Values;

    /// The values at a place.
    #[inline]
    fn at(&self, place: &Place) -> Self::Values {
        match place {
            Place::Receiver => self.receiver(),
            Place::Positional(at) => self.positional(*at as usize),
            Place::Keyword(name) => self.keyword(name),
            Place::AllPositional => self.all_positional(),
            Place::AllArguments => self.all_arguments(),
            Place::Result => self.result(),
        }
    }

    /// The values change.
    fn mutate(&mut self, values: Self::Values, depth: Depth);

    /// Those among the values that are iterators move forward.
    fn consume(&mut self, values: Self::Values);

    /// From now on the values at these places may share state.
    fn view(&mut self, places: &[Place]);

    /// From now on a change of what is at the place is a change of the resource.
    fn handle(&mut self, place: &Place, resource: &Resource);

    /// The call depends on a resource.
    fn read(&mut self, resource: &Resource);

    /// The call changes a resource.
    fn write(&mut self, resource: &Resource);
}

impl Effects {
    /// Does to the values of a call what these effects say, one change after the other.
    #[inline]
    pub fn land<L: Landing>(&self, landing: &mut L) {
        for change in &self.changes {
            match change {
                Change::Mutates { place, depth } => {
                    let values = landing.at(place);
                    landing.mutate(values, *depth);
                }
                Change::Consumes(place) => {
                    let values = landing.at(place);
                    landing.consume(values);
                }
                Change::Views(places) => landing.view(places),
                Change::Handle { place, resource } => landing.handle(place, resource),
                Change::Reads(resource) => landing.read(resource),
                Change::Writes(resource) => landing.write(resource),
            }
        }
    }
}
