//! Shown: what is changed when a shell displays the result of a statement. The text of the statement does not
//! do that again: a slice is no shell.

use clew_effects::{Confidence, StateKey};
use clew_heap::walk::{End, Walk};
use clew_heap::{AddressMap, AddressSet, Lent, Quiet, kind};
use clew_session::ByOthers;

use super::state::Recorder;
use super::statement::{Cause, Shown};
use crate::observe::Rested;
use crate::rng_state::RngChange;

/// What was changed while a result was displayed.
pub(super) struct WhileShown {
    changed: AddressMap<Cause>,
    states: Vec<(StateKey, bool)>,
}

impl Recorder {
    /// The result of the statement at hand is about to be displayed.
    pub(super) fn shows(&mut self, value: Lent<'_>) {
        if !kind::is_mutable(value) || self.at_hand.shown.is_some() || !self.shows_itself(value) {
            return;
        }
        let quiet = value.quiet();
        self.note_draws(quiet);
        let mut rested = Rested::default();
        self.watching.observer.rests(quiet, value, &self.boundary, &mut rested);
        // What was reported once is to be reported again.
        clew_probe::begin_epoch();
        self.at_hand.shown = Some(Shown {
            changed: std::mem::take(&mut self.at_hand.changed),
            everything_changed: self.at_hand.everything_changed.take(),
            states_written: self.at_hand.states_written.len(),
            value: value.address(),
            rested,
        });
    }

    /// Whether a value, or something that it holds, is of a class of the program's, which may say how it is
    /// displayed.
    fn shows_itself(&self, value: Lent<'_>) -> bool {
        /// How many objects are looked at; what holds more is data.
        const BUDGET: usize = 2_000;
        let own = &self.objects.own_modules;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let end = walk.run(value, &mut AddressSet::default(), &mut |object| {
            let class = object.as_class().unwrap_or_else(|| object.class());
            let mut lineage = class.lineage().take_while(|base| base.is_heap_type());
            !lineage.any(|base| {
                let (module, _) = base.name();
                module == "__main__" || own.contains(&module)
            })
        });
        end == End::Stopped
    }

    /// The statement at hand has ended: what was changed while its result was displayed is none of its doing.
    pub(super) fn while_shown(&mut self, quiet: Quiet<'_>) -> Option<WhileShown> {
        let shown = self.at_hand.shown.take()?;
        let mut changed = std::mem::replace(&mut self.at_hand.changed, shown.changed);
        self.at_hand.everything_changed = shown.everything_changed;
        let mut states = self.at_hand.states_written.split_off(shown.states_written);
        for (state, drawn) in self.outside.draws.look(quiet) {
            if drawn == RngChange::Moved && self.outside.seeded.contains(&state) {
                states.push((StateKey::whole(state), false));
            }
        }
        // The shell keeps what it displayed, if nothing else does.
        let variables = self.variables(quiet).pairs();
        let value = variables.map(|(_, value)| value).find(|value| value.address() == shown.value);
        if let Some(value) = value.filter(|_| !shown.rested.is_cut_short()) {
            // What was seen to be as it was needs no assumption.
            changed.retain(|&address, by| {
                by.confidence != Confidence::Assumed || !shown.rested.knows(address)
            });
            let by = Cause::new("being displayed", Confidence::Observed);
            let observer = &mut self.watching.observer;
            for address in observer.rested(quiet, &[value], &self.boundary, &shown.rested) {
                changed.insert(address, by.clone());
            }
        }
        (!changed.is_empty() || !states.is_empty()).then_some(WhileShown { changed, states })
    }

    /// Hands on what was changed while a result was displayed.
    pub(super) fn record_shown(&mut self, quiet: Quiet<'_>, shown: WhileShown) {
        self.at_hand.changed = shown.changed;
        let mut changed = Vec::new();
        self.find_changed(quiet, &[], &mut changed);
        let mut states = shown.states;
        states.append(&mut self.at_hand.states_written);
        let changed: Vec<String> = changed.into_iter().map(|changed| changed.name).collect();
        self.recording.by_others(ByOthers { changed, states, ..ByOthers::default() });
    }
}
