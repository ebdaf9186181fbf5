//! Observe: what a call changed that nothing is known about, by a digest of what it can reach before
//! it and after.
//!
//! Only objects whose whole state can be seen are taken to be unchanged; the rest stay assumed to
//! change. Nothing is kept alive, no code of the user's runs, and the time that all this takes is a
//! share of the run's.
#![allow(unsafe_code, reason = "asks CPython for its threads")]

use std::time::{Duration, Instant};

use clew_heap::{Address, Lent, Quiet};
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

mod look;
mod token;
mod traits;

use look::{Found, KnownTraits, Look, State};

/// What may be spent before the run has gone on for long.
const ALLOWANCE: Duration = Duration::from_millis(20);
/// How many calls go by before the budget is looked at again once it is used up.
const PAUSE: u32 = 64;

/// Watches calls, as far as the budget goes.
pub(crate) struct Observer {
    share: f64,
    started: Instant,
    spent: Duration,
    pause: u32,
    thread: std::ffi::c_ulong,
    traits: KnownTraits,
}

/// What a call can reach, before it is made.
pub(crate) struct Before {
    states: FxHashMap<Address, State>,
    /// Objects whose state cannot be seen.
    unseen: Vec<Address>,
    epoch: u64,
}

/// What is to be done about a call.
pub(crate) enum Watch {
    /// It is watched.
    Watched(Box<Before>),
    /// There is no time to watch it.
    NoTime,
    /// Nothing can be said.
    Assumed,
}

/// What a call did.
pub(crate) enum Seen {
    Changed {
        /// These objects changed; `true` where that is assumed.
        marks: Vec<(Address, bool)>,
        /// Those of them that cannot be reached any more.
        gone: FxHashSet<Address>,
    },
    /// It is not known: all that it could reach may have changed, or will.
    Unclear(Vec<Address>),
}

impl Observer {
    pub(crate) fn new(share: f64) -> Self {
        Self {
            share,
            started: Instant::now(),
            spent: Duration::ZERO,
            pause: 0,
            // SAFETY: asks for a number.
            thread: unsafe { ffi::PyThread_get_thread_ident() },
            traits: KnownTraits::default(),
        }
    }

    fn left(&self, now: Instant) -> Duration {
        let elapsed = now.duration_since(self.started);
        Duration::try_from_secs_f64(elapsed.as_secs_f64() * self.share)
            .unwrap_or(Duration::MAX)
            .saturating_add(ALLOWANCE)
            .saturating_sub(self.spent)
    }

    /// Looks at what a call can reach: its receiver and its arguments.
    pub(crate) fn before<'a>(
        &mut self,
        quiet: Quiet<'a>,
        places: &[Lent<'a>],
        boundary: &FxHashSet<Address>,
        epoch: u64,
    ) -> Watch {
        const MOST_PLACES: usize = 60;
        if self.share <= 0.0 || places.len() > MOST_PLACES {
            return Watch::Assumed;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return Watch::NoTime;
        }
        if this_thread(quiet) != self.thread || has_threads(quiet) {
            return Watch::Assumed;
        }
        let began = Instant::now();
        let left = self.left(began);
        if left < Duration::from_micros(5) {
            self.pause = PAUSE;
            return Watch::NoTime;
        }
        // The way back costs as much.
        let mut look = Look::new(quiet, &mut self.traits, boundary, began + left / 2);
        places.iter().for_each(|&value| look.from(value));
        let Found { states, unseen, later, over } = look.found();
        self.spent += began.elapsed();
        match (later, over) {
            (true, _) => Watch::Assumed,
            (false, true) => Watch::NoTime,
            (false, false) => Watch::Watched(Box::new(Before { states, unseen, epoch })),
        }
    }

    /// Counts time that was spent on what was seen.
    pub(crate) fn spend(&mut self, began: Instant) {
        self.spent += began.elapsed();
    }

    /// Looks again when the call has returned (`result`) or raised.
    pub(crate) fn after<'a>(
        &mut self,
        quiet: Quiet<'a>,
        before: Before,
        (places, result): (&[Lent<'a>], Option<Lent<'a>>),
        boundary: &FxHashSet<Address>,
        epoch: u64,
    ) -> Seen {
        let Before { states, unseen, epoch: began_in } = before;
        let began = Instant::now();
        let left = self.left(began).max(Duration::from_millis(1));
        let threads = has_threads(quiet);
        let mut look = Look::new(quiet, &mut self.traits, boundary, began + left);
        places.iter().for_each(|&value| look.from(value));
        look.forget_later();
        if let Some(result) = result {
            // What was taken out of the arguments may have been handed back.
            look.from(result);
        }
        let Found { states: after, later, over, .. } = look.found();
        self.spent += began.elapsed();
        if later || over || threads || began_in != epoch {
            return Seen::Unclear(states.into_keys().chain(unseen).collect());
        }
        let mut marks: Vec<(Address, bool)> = Vec::new();
        let mut gone = FxHashSet::default();
        for (&address, &state) in &states {
            match after.get(&address) {
                Some(now) if now.is_still(state) => continue,
                Some(_) => {}
                // What is out of sight by now may have been changed before.
                None => drop(gone.insert(address)),
            }
            marks.push((address, false));
        }
        marks.extend(unseen.into_iter().map(|address| (address, true)));
        Seen::Changed { marks, gone }
    }
}

/// The number of this thread.
fn this_thread(_quiet: Quiet<'_>) -> std::ffi::c_ulong {
    // SAFETY: asks for a number.
    unsafe { ffi::PyThread_get_thread_ident() }
}

/// Whether another thread of Python's is there, which may go on with what it was given.
pub(crate) fn has_threads(_quiet: Quiet<'_>) -> bool {
    // SAFETY: the list of threads only changes under the GIL, which is held.
    unsafe {
        let first = ffi::PyInterpreterState_ThreadHead(ffi::PyInterpreterState_Main());
        !first.is_null() && !ffi::PyThreadState_Next(first).is_null()
    }
}
