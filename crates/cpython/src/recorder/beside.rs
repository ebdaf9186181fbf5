//! Beside: what other threads change while the program's statements run. It comes to be known in whatever statement
//! is at hand then; who waits for the thread afterwards is about it too, however early the thread was done.
#![allow(unsafe_code, reason = "asks the interpreter which thread it runs")]

use clew_effects::StateKey;
use clew_heap::library::threading::current_thread;
use clew_heap::{Address, AddressMap, AddressSet, Quiet};
use clew_probe::{ProgramPoint, epoch};
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

/// What other threads have changed since the program began.
#[derive(Default)]
pub(super) struct Beside {
    /// By the `Thread` that they run for; 0 where there is none.
    work: AddressMap<Work>,
    /// The thread that was at work last, by its number, and its `Thread`.
    last: Option<(i64, Address)>,
    /// Whether something was missed.
    pub(super) missed: bool,
    /// How much of each one's work who waited has changed already, in a statement and at a point of it.
    waited: FxHashMap<(Address, ProgramPoint), (usize, usize)>,
    waited_in: u64,
}

/// What a thread has changed, in that order.
#[derive(Default)]
pub(super) struct Work {
    objects: Vec<Address>,
    states: Vec<StateKey>,
    known_objects: AddressSet,
    known_states: FxHashSet<StateKey>,
}

impl Work {
    pub(super) fn change(&mut self, object: Address) {
        if self.known_objects.insert(object) {
            self.objects.push(object);
        }
    }

    pub(super) fn write(&mut self, state: &StateKey) {
        if self.known_states.insert(state.clone()) {
            self.states.push(state.clone());
        }
    }
}

impl Beside {
    /// Whether other threads have changed nothing so far.
    pub(super) fn is_empty(&self) -> bool {
        self.work.is_empty() && !self.missed
    }

    /// What a thread did was not heard.
    pub(super) fn miss(&mut self) {
        self.missed = true;
    }

    /// What has come since who is at this point waited last in this statement: of one thread, or of all. A loop waits
    /// often, and all that was changed before has been said.
    pub(super) fn since_last_wait(
        &mut self,
        thread: Option<Address>,
    ) -> (Vec<Address>, Vec<StateKey>) {
        if std::mem::replace(&mut self.waited_in, epoch()) != epoch() {
            self.waited.clear();
        }
        let point = ProgramPoint::current();
        let (mut objects, mut states) = (Vec::new(), Vec::new());
        for (&worker, work) in &self.work {
            if thread.is_none_or(|thread| thread == worker) {
                let said = self.waited.entry((worker, point)).or_default();
                objects.extend_from_slice(&work.objects[said.0..]);
                states.extend_from_slice(&work.states[said.1..]);
                *said = (work.objects.len(), work.states.len());
            }
        }
        (objects, states)
    }

    /// What the thread that reports has changed so far.
    pub(super) fn at_hand(&mut self) -> &mut Work {
        // SAFETY: who reports holds the GIL, and its thread has a state.
        let (number, quiet) =
            unsafe { (ffi::PyThreadState_GetID(ffi::PyThreadState_Get()), Quiet::new()) };
        let thread = match self.last {
            Some((last, thread)) if last == number => thread,
            _ => current_thread(quiet).unwrap_or_default(),
        };
        self.last = Some((number, thread));
        self.work.entry(thread).or_default()
    }
}
