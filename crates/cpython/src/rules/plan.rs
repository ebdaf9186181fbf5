//! Plan: what a call does, as far as it can be said before the arguments are seen.

use std::rc::Rc;

use clew_effects::{Change, Effects, Key};
use clew_probe::{CallReport, Reports};
use clew_syntax::Spelling;

use super::footprint::ModuleVariable;

/// What a call does, as far as it can be said before the arguments are seen.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Whether the external states that it touches are the same at each call. Only of a plan that is
    /// kept, so that the address of its effects stays its own.
    pub(crate) has_fixed_states: bool,
    /// Which calls all do the same to the same.
    pub(crate) repeats: Repeats,
    /// What the callee is called in messages.
    pub(crate) name: Rc<str>,
    /// What happens.
    pub(crate) effects: Rc<Effects>,
    /// Whether code of the session runs natively, which has probes of its own.
    pub(crate) session: bool,
    /// Whether the program's namespace may change or be read in ways that no text shows.
    pub(crate) namespace: Namespace,
    /// The variables with mutable values that a library's Python function refers to.
    pub(crate) footprint: Rc<Vec<ModuleVariable>>,
    /// Whether it may iterate over what it is given.
    pub(crate) iterates: bool,
    /// Whether it may draw from NumPy's hidden generator without being one of its functions.
    pub(crate) draws: bool,
    /// How it finds variables of its caller's in a text that it is given.
    pub(crate) spelling: Option<Spelling>,
}

/// Which calls of a callee all do the same to the same objects and states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeats {
    /// None is known to.
    Never,
    /// Those that are given values of the same classes, or the same objects.
    ByClass,
    /// Those that are given the same values.
    ByValue,
}

impl Repeats {
    /// The report of such calls.
    pub(crate) fn report_of(self, reports: Reports) -> Option<CallReport> {
        match self {
            Self::Never => None,
            Self::ByClass => Some(reports.one(false)),
            Self::ByValue => Some(reports.one(true)),
        }
    }
}

/// What a call may do with the variables of the program behind the text's back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Namespace {
    /// Nothing.
    Untouched,
    /// It gives the namespace away: `globals()`, `vars()`, `locals()`.
    Given,
    /// It runs text: `exec`, `eval`.
    Evaluated,
    /// It may bind or unbind variables.
    Changed,
}

impl Plan {
    /// That of code of the session.
    pub(super) fn session() -> Self {
        Self {
            name: Rc::default(),
            has_fixed_states: false,
            repeats: Repeats::Never,
            effects: Rc::new(Effects::pure()),
            session: true,
            namespace: Namespace::Untouched,
            footprint: Rc::default(),
            iterates: false,
            draws: false,
            spelling: None,
        }
    }

    /// Whether it changes nothing but its receiver, and that only on the surface.
    pub(crate) fn changes_receiver_only(&self) -> bool {
        self.effects.changes_receiver_only()
            && !self.effects.varies
            && self.namespace == Namespace::Untouched
    }

    /// Whether nothing that it is given has a part in what it does, as far as rules say.
    pub(crate) fn changes_nothing_given(&self) -> bool {
        self.effects.changes.iter().all(|change| match change {
            Change::Views(_) => true,
            Change::Reads(resource) | Change::Writes(resource) => {
                !matches!(resource.key, Some(Key::Place(_)))
            }
            _ => false,
        })
    }

    /// Whether it changes, reads and uses up nothing.
    pub(crate) fn is_idle(&self) -> bool {
        !self.effects.varies
            && self.namespace == Namespace::Untouched
            && self.footprint.is_empty()
            && self.spelling.is_none()
            && self.effects.changes.iter().all(|change| matches!(change, Change::Views(_)))
    }
}
