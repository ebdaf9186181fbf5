//! Value: what is known of one that a text would make.

use std::collections::BTreeSet;

use clew_effects::StateKey;
use clew_graph::Literal;

/// A function, by the text that it is in and its place among the scopes there.
pub(super) type ScopeKey = (usize, usize);

/// What is known of a value.
#[derive(Clone, Debug, Default)]
pub(super) struct TextValue {
    /// The variables that it may share state with.
    pub(super) shares: BTreeSet<String>,
    /// The functions of the text that may run where it is used.
    pub(super) runs: BTreeSet<ScopeKey>,
    /// The states that it stands for: a change of the one is a change of the other.
    pub(super) handles: BTreeSet<StateKey>,
    /// The states that a change of it is a change of.
    pub(super) shown_in: BTreeSet<StateKey>,
    pub(super) known: Nature,
}

/// What a value is, as far as a text shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Nature {
    /// Nothing: it may be an iterator, too.
    #[default]
    Nothing,
    /// A constant.
    Literal(Literal),
    /// Something that never changes.
    Plain,
    /// A function or class of the text.
    Definition,
    /// What a dotted name stands for that was imported, or is built in.
    Path(String),
    /// The same, and it is a module.
    Module(String),
    /// An instance of a class, by module and name.
    Instance(&'static str, &'static str),
    /// Something that a function of a package made, which rules speak of.
    Made(String),
}

impl TextValue {
    pub(super) fn of(known: Nature) -> Self {
        Self { known, ..Self::default() }
    }

    /// The dotted name that it was imported by.
    pub(super) fn path(&self) -> Option<&str> {
        match &self.known {
            Nature::Path(path) | Nature::Module(path) => Some(path),
            _ => None,
        }
    }

    /// Whether nothing of it can change.
    pub(super) fn is_fixed(&self) -> bool {
        matches!(self.known, Nature::Literal(_) | Nature::Plain | Nature::Definition)
    }

    /// Takes over what another one shares, without being it.
    pub(super) fn add(&mut self, other: &Self) {
        self.shares.extend(other.shares.iter().cloned());
        self.runs.extend(other.runs.iter().copied());
        self.handles.extend(other.handles.iter().cloned());
        self.shown_in.extend(other.shown_in.iter().cloned());
    }

    /// What may be the one or the other.
    pub(super) fn join(&mut self, other: &Self) {
        self.add(other);
        if self.known != other.known {
            self.known =
                if self.is_fixed() && other.is_fixed() { Nature::Plain } else { Nature::Nothing };
        }
    }
}
