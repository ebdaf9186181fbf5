//! Call facts: what rules may ask about a call that is not made.

use std::rc::Rc;

use clew_effects::{CallShape, KnownValue};

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::value::PointsToSet;
use crate::world::World;

impl<W: World> Engine<'_, W> {
    /// What rules may ask about a call of these arguments. Versions of packages are for the world to
    /// add.
    pub(crate) fn facts_of(&mut self, arguments: &Arguments) -> CallShape {
        let mut known = |value: &PointsToSet| {
            let literal = value.only().and_then(|id| self.literal(id));
            literal.map_or(KnownValue::Unknown, KnownValue::Literal)
        };
        let mut call = CallShape::default().unknown_receiver();
        for value in &arguments.positional {
            call = call.argument(known(value));
        }
        for keyword in &arguments.keyword {
            let value = if keyword.certain { known(&keyword.value) } else { KnownValue::Unknown };
            call = call.keyword(Rc::clone(&keyword.name), value);
        }
        call
    }
}
