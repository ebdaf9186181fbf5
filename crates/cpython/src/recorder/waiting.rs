//! Waiting: what other threads have changed is changed by who waits for them.

use clew_effects::StateKey;
use clew_heap::Address;

use super::state::Recorder;
use super::statement::Cause;

impl Recorder {
    /// Another thread changes what is at an address.
    pub(super) fn changes_beside(&mut self, address: Address) {
        self.objects.beside.at_hand().objects.insert(address);
    }

    /// Another thread changes a state.
    pub(super) fn writes_beside(&mut self, key: &StateKey) {
        self.objects.beside.at_hand().states.insert(key.clone());
    }

    /// The statement at hand waits for a thread, or for whoever is at work: it changes what they have changed.
    pub(super) fn waits_for(&mut self, thread: Option<Address>, by: &Cause) {
        if self.objects.beside.is_empty() || self.is_beside() {
            return;
        }
        if self.objects.beside.missed {
            self.change_everything(by);
        }
        let (mut objects, mut states) = (Vec::new(), Vec::new());
        for (&worker, work) in &self.objects.beside.work {
            if thread.is_none_or(|thread| thread == worker) {
                objects.extend(work.objects.iter().copied());
                states.extend(work.states.iter().cloned());
            }
        }
        for address in objects {
            self.mark(address, by);
        }
        for key in states {
            self.reads_state(key.clone());
            self.writes_state((key, false));
        }
    }
}
