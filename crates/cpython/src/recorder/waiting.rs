//! Waiting: what other threads have changed is changed by who waits for them.

use clew_effects::{Confidence, StateKey};
use clew_heap::callee::Callee;
use clew_heap::library::threading::waits_for;
use clew_heap::{Address, Lent};

use super::state::Recorder;
use super::statement::Cause;

impl Recorder {
    /// A call is about to be made: what other threads have changed is changed by it where it waits for them.
    pub(super) fn note_waiting(&mut self, callee: &Callee<'_>) {
        if self.objects.beside.is_empty() || self.is_beside() {
            return;
        }
        if let Some(thread) = waits_for(callee) {
            let by = Cause::new(&callee.display_name(), Confidence::Annotated);
            self.waits_for(thread.map(Lent::address), &by);
        }
    }

    /// Another thread changes what is at an address.
    pub(super) fn changes_beside(&mut self, address: Address) {
        self.objects.beside.at_hand().change(address);
    }

    /// Another thread changes a state.
    pub(super) fn writes_beside(&mut self, key: &StateKey) {
        self.objects.beside.at_hand().write(key);
    }

    /// The statement at hand waits for a thread, or for whoever is at work: it changes what they have changed.
    fn waits_for(&mut self, thread: Option<Address>, by: &Cause) {
        if self.objects.beside.missed {
            self.change_everything(by);
        }
        let (objects, states) = self.objects.beside.since_last_wait(thread);
        for address in objects {
            self.mark(address, by);
        }
        for key in states {
            self.reads_state(key.clone());
            self.writes_state((key, false));
        }
    }
}
