//! Figures: which figure is pyplot's current one, so that what concerns one is no part of another.
//!
//! pyplot keeps its figures in `Gcf.figs` of `matplotlib._pylab_helpers`, the current one last. Each
//! figure is a part of the state `pyplot`; which of them is current, their numbers, which were closed and
//! `rcParams` are parts of their own.

use clew_effects::{ExternalState, StateKey};
use clew_heap::library::matplotlib::{FigureId, OpenFigure, open_figures};
use clew_heap::{Address, Quiet};

/// The figures of pyplot, as they were at the last look.
#[derive(Default)]
pub(crate) struct Figures {
    open: Vec<Open>,
    made: usize,
    current: Option<usize>,
    /// Those that pyplot has let go of since this was last asked.
    gone: Vec<StateKey>,
    /// Those that the shell has closed while the statement at hand ran, as it showed them.
    pub(crate) shown: Vec<StateKey>,
}

#[derive(Clone, Copy)]
struct Open {
    id: FigureId,
    /// In the order in which they were made.
    number: usize,
    axes: usize,
    artists: usize,
}

/// What became of them since the look before.
pub(crate) struct Look {
    /// Those that are new, with the addresses of the figures themselves.
    pub(crate) new: Vec<(StateKey, Address)>,
    /// The current one, if there is one.
    pub(crate) current: Option<StateKey>,
    /// Whether that was another one, or none, before.
    pub(crate) switched: bool,
    /// Those that are gone.
    pub(crate) closed: Vec<StateKey>,
    /// Those that have more axes or fewer.
    pub(crate) filled: Vec<StateKey>,
    /// Those that have more artists in the same axes, or fewer.
    pub(crate) drawn: Vec<StateKey>,
}

impl Look {
    /// Whether a figure is new.
    pub(crate) fn is_new(&self, key: &StateKey) -> bool {
        self.new.iter().any(|(new, _)| new == key)
    }
}

impl Figures {
    /// Looks at them again.
    pub(crate) fn look(&mut self, quiet: Quiet<'_>) -> Look {
        let (figures, current) = open_figures(quiet);
        let (mut new, mut filled, mut drawn) = (Vec::new(), Vec::new(), Vec::new());
        let before = self.open.len();
        let open: Vec<Open> = figures
            .into_iter()
            .map(|OpenFigure { id, axes, artists }| {
                let known = self.open.iter().find(|open| open.id == id).copied();
                let number = known.map_or_else(
                    || {
                        self.made += 1;
                        new.push((key_of(self.made), id.1));
                        self.made
                    },
                    |open| open.number,
                );
                match known {
                    Some(open) if open.axes != axes => filled.push(key_of(number)),
                    Some(open) if open.artists != artists => drawn.push(key_of(number)),
                    _ => {}
                }
                Open { id, number, axes, artists }
            })
            .collect();
        let mut closed = Vec::new();
        if open.len() - new.len() < before {
            let is_open = |number| open.iter().any(|open| open.number == number);
            let gone = self.open.iter().filter(|known| !is_open(known.number));
            closed.extend(gone.map(|known| key_of(known.number)));
            self.gone.extend(closed.iter().cloned());
        }
        self.open = open;
        let current = current
            .and_then(|id| self.open.iter().find(|open| open.id == id).map(|open| open.number));
        let switched = std::mem::replace(&mut self.current, current) != current;
        Look { new, current: current.map(key_of), switched, closed, filled, drawn }
    }

    /// Whether pyplot has none.
    pub(crate) fn are_all_closed(&self) -> bool {
        self.open.is_empty()
    }

    /// The figures that pyplot has let go of since this was last asked: nothing that it does is about them any more.
    pub(crate) fn take_gone(&mut self) -> Vec<StateKey> {
        std::mem::take(&mut self.gone)
    }
}

/// Which figure is current.
pub(crate) fn current() -> StateKey {
    StateKey::part(ExternalState::Pyplot, "current")
}

/// Which figures others than the program have closed.
pub(crate) fn closed() -> StateKey {
    StateKey::part(ExternalState::Pyplot, "closed")
}

/// Which figures there are, by number.
pub(crate) fn numbers() -> StateKey {
    StateKey::part(ExternalState::Pyplot, "numbers")
}

/// `rcParams`.
pub(crate) fn settings() -> StateKey {
    StateKey::part(ExternalState::Pyplot, "settings")
}

fn key_of(number: usize) -> StateKey {
    StateKey::part(ExternalState::Pyplot, format!("figure {number}"))
}
