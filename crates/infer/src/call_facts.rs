//! Call facts: what rules may ask about a call that is not made.

use std::rc::Rc;

use clew_effects::{CallFacts, Scalar};
use clew_syntax::summary::Constant;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::value::PointsToSet;
use crate::world::World;

/// What rules may ask about a call that is not made. Versions of packages are for the world to add.
pub(crate) struct AbstractFacts {
    positional: Vec<Scalar>,
    keyword: Vec<(Rc<str>, Scalar)>,
}

impl<W: World> Engine<'_, W> {
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
