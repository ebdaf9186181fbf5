//! Touch: what an audit event says of an external state.

use clew_effects::{ExternalState, StateKey};

/// What an event says of an external state.
#[derive(Debug)]
pub(crate) struct Touch {
    pub(crate) key: StateKey,
    pub(crate) how: How,
    /// Whether it stands beside whatever rules say. Of processes and connections a rule knows more
    /// than their coming into being.
    pub(crate) always: bool,
}

/// How a state is touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    Reads,
    Writes {
        /// Whether nothing is left of what was there.
        anew: bool,
    },
}

impl Touch {
    pub(crate) fn always(state: ExternalState, part: Option<String>, how: How) -> Self {
        Self { key: StateKey { state, part }, how, always: true }
    }

    pub(crate) fn unless_known(state: ExternalState, part: Option<String>, how: How) -> Self {
        Self { always: false, ..Self::always(state, part, how) }
    }
}
