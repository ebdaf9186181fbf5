//! Beside: what other threads change while the program's statements run. It comes to be known in whatever statement
//! is at hand then; who waits for the thread afterwards is about it too, however early the thread was done.
#![allow(unsafe_code, reason = "asks the interpreter which thread it runs")]

use clew_effects::StateKey;
use clew_heap::library::threading::current_thread;
use clew_heap::{Address, Quiet};
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

/// What other threads have changed since the program began.
#[derive(Default)]
pub(super) struct Beside {
    /// By the `Thread` that they run for; 0 where there is none.
    pub(super) work: FxHashMap<Address, Work>,
    /// The thread that was at work last, by its number, and its `Thread`.
    last: Option<(i64, Address)>,
    /// Whether something was missed.
    pub(super) missed: bool,
}

#[derive(Default)]
pub(super) struct Work {
    pub(super) objects: FxHashSet<Address>,
    pub(super) states: FxHashSet<StateKey>,
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
