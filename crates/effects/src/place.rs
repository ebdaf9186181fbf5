//! Place: where an effect lands.

use std::fmt;

use crate::{ExternalState, StateKey};

/// A value that takes part in a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// What the callee was taken from: the `a` of `a.append(1)`. For a function that was taken
    /// from a module, the module.
    Receiver,
    /// What was passed at a position, counted from zero and without the receiver.
    Positional(u32),
    /// What was passed by a keyword.
    Keyword(String),
    /// Everything that was passed by position.
    AllPositional,
    /// Everything that was passed, by position or by keyword.
    AllArguments,
    /// What the call returned.
    Result,
}

impl Place {
    /// The same place when the receiver is written as the first argument: `list.append(a, 1)`
    /// for `a.append(1)`.
    pub fn unbound(self) -> Self {
        match self {
            Self::Receiver => Self::Positional(0),
            Self::Positional(index) => Self::Positional(index + 1),
            place
            @ (Self::Keyword(_) | Self::AllPositional | Self::AllArguments | Self::Result) => place,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receiver => f.write_str("self"),
            Self::Positional(index) => write!(f, "{index}"),
            Self::Keyword(name) => write!(f, "{name}="),
            Self::AllPositional => f.write_str("*"),
            Self::AllArguments => f.write_str("**"),
            Self::Result => f.write_str("result"),
        }
    }
}

/// A part of the world outside the program's values, as an annotation names it: before the call is
/// at hand. Where it is, [`Resource::resolve`] tells which [`StateKey`] is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource {
    /// Which state.
    pub state: ExternalState,
    /// Which part of it; `None` for all of it.
    pub key: Option<Key>,
}

impl Resource {
    /// All of a state.
    pub fn whole(state: ExternalState) -> Self {
        Self { state, key: None }
    }

    /// Which part of which state it turned out to be. `part_of` says which part the value at a
    /// place names; where it does not know, it could be any.
    pub fn resolve(&self, part_of: impl FnOnce(&Place) -> Option<String>) -> StateKey {
        let part = match &self.key {
            None => None,
            Some(Key::Name(name)) => Some(name.clone()),
            Some(Key::Place(place)) => part_of(place),
        };
        StateKey { state: self.state.clone(), part }
    }

    /// The same resource when the receiver is written as the first argument.
    pub fn unbound(self) -> Self {
        let key = self.key.map(|key| match key {
            Key::Place(place) => Key::Place(place.unbound()),
            name @ Key::Name(_) => name,
        });
        Self { key, ..self }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            None => write!(f, "{}", self.state),
            Some(key) => write!(f, "{}[{key}]", self.state),
        }
    }
}

/// Which part of a state an annotation speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The part that a value names: a path, a URL, a handle of either.
    Place(Place),
    /// A part with a fixed name.
    Name(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(place) => write!(f, "{place}"),
            Self::Name(name) => write!(f, "{name:?}"),
        }
    }
}
