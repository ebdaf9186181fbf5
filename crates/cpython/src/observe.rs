//! Observe: what a call changed that nothing is known about, by a digest of what it can reach before
//! it and after.
//!
//! Only objects whose whole state can be seen are taken to be unchanged; the rest stay assumed to
//! change. Nothing is kept alive, no code of the user's runs, and how much is looked at depends on how much
//! the program was seen to do, and never on the clock: the same program is watched in the same way each time.
#![allow(unsafe_code, reason = "asks CPython for its threads")]

use clew_heap::{Address, AddressMap, AddressSet, Lent, Quiet};
use pyo3::ffi;

mod look;
mod token;
mod traits;

use look::{Found, KnownTraits, Look, State};

/// How many objects may be looked at before the program has done much; as many bytes as an object takes
/// time for count as one.
const ALLOWANCE: f64 = 400_000.0;
/// The share for which that is.
const USUAL_SHARE: f64 = 0.05;
/// How many more for each statement that begins.
const PER_STATEMENT: f64 = 2_000.0;
/// How many more for each call that is seen.
const PER_CALL: f64 = 2.0;
/// How many calls go by before the budget is looked at again once it is used up.
const PAUSE: u32 = 64;

/// Watches calls, as far as the budget goes.
pub(crate) struct Observer {
    /// How much of the usual is looked at.
    share: f64,
    /// How many more objects may be looked at.
    left: f64,
    pause: u32,
    thread: std::ffi::c_ulong,
    traits: KnownTraits,
}

/// What a call can reach, before it is made.
pub(crate) struct Before {
    states: AddressMap<State>,
    /// Objects whose state cannot be seen.
    unseen: Vec<Address>,
    epoch: u64,
}

/// How an object was, and all that it led to.
pub(crate) struct Snapshot(AddressMap<State>);

impl Snapshot {
    /// Whether all is as it was.
    pub(crate) fn is_still(&self, before: &Self) -> bool {
        let still = |(address, state): (&Address, &State)| {
            self.0.get(address).is_some_and(|now| now.is_still(*state))
        };
        self.0.len() == before.0.len() && before.0.iter().all(still)
    }
}

/// Values as they are while no cell runs.
#[derive(Default)]
pub(crate) struct Rested {
    states: AddressMap<State>,
    /// How many objects were looked at.
    looked: u64,
    /// What is too large to be looked at.
    over: Vec<Address>,
}

impl Rested {
    /// Whether it is known what an object was like.
    pub(crate) fn knows(&self, address: Address) -> bool {
        self.states.contains_key(&address)
    }

    /// Whether something was too large to be looked at.
    pub(crate) fn is_cut_short(&self) -> bool {
        !self.over.is_empty()
    }
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
        gone: AddressSet,
    },
    /// It is not known: all that it could reach may have changed, or will.
    Unclear(Vec<Address>),
}

impl Observer {
    pub(crate) fn new(share: f64) -> Self {
        Self {
            share: share / USUAL_SHARE,
            left: ALLOWANCE,
            pause: 0,
            // SAFETY: asks for a number.
            thread: unsafe { ffi::PyThread_get_thread_ident() },
            traits: KnownTraits::default(),
        }
    }

    /// A statement at module level began.
    pub(crate) fn statement_began(&mut self) {
        self.left += PER_STATEMENT * self.share;
    }

    /// A call was seen.
    #[inline]
    pub(crate) fn call_was_seen(&mut self) {
        // So were those that repeat one.
        let calls = 1 + clew_probe::take_repeated();
        self.left += PER_CALL * self.share * calls as f64;
    }

    /// Looks at what a call can reach: its receiver and its arguments.
    pub(crate) fn before<'a>(
        &mut self,
        quiet: Quiet<'a>,
        places: &[Lent<'a>],
        boundary: &AddressSet,
        epoch: u64,
    ) -> Watch {
        const MOST_PLACES: usize = 60;
        /// With less it is not begun.
        const LEAST: f64 = 50.0;
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
        if self.left < LEAST {
            self.pause = PAUSE;
            return Watch::NoTime;
        }
        // The way back costs as much.
        let mut look = Look::new(quiet, &mut self.traits, boundary, (self.left / 2.0) as u64);
        places.iter().for_each(|&value| look.from(value));
        let Found { states, unseen, later, over, looked } = look.found();
        self.left -= looked as f64;
        match (later, over) {
            (true, _) => Watch::Assumed,
            (false, true) => Watch::NoTime,
            (false, false) => Watch::Watched(Box::new(Before { states, unseen, epoch })),
        }
    }

    /// Counts as much as is done about what was seen.
    pub(crate) fn spend(&mut self, objects: usize) {
        self.left -= objects as f64;
    }

    /// How an object is and all that it leads to; `None` where that cannot be seen or is too much.
    pub(crate) fn snapshot(&mut self, object: Lent<'_>, boundary: &AddressSet) -> Option<Snapshot> {
        const MOST: f64 = 5_000.0;
        let quiet = object.quiet();
        let most = (self.left / 4.0).min(MOST);
        if self.share <= 0.0
            || most < 1.0
            || this_thread(quiet) != self.thread
            || has_threads(quiet)
        {
            return None;
        }
        let mut look = Look::new(quiet, &mut self.traits, boundary, most as u64);
        look.from(object);
        let Found { states, unseen, later, over, looked } = look.found();
        self.left -= looked as f64;
        (unseen.is_empty() && !later && !over).then_some(Snapshot(states))
    }

    /// Looks again when the call has returned (`result`) or raised.
    pub(crate) fn after<'a>(
        &mut self,
        quiet: Quiet<'a>,
        before: Before,
        (places, result): (&[Lent<'a>], Option<Lent<'a>>),
        boundary: &AddressSet,
        epoch: u64,
    ) -> Seen {
        let Before { states, unseen, epoch: began_in } = before;
        /// What is begun may take so much.
        const LEAST: f64 = 10_000.0;
        let threads = has_threads(quiet);
        let most = self.left.max(LEAST) as u64;
        let mut look = Look::new(quiet, &mut self.traits, boundary, most);
        places.iter().for_each(|&value| look.from(value));
        look.forget_later();
        if let Some(result) = result {
            // What was taken out of the arguments may have been handed back.
            look.from(result);
        }
        let Found { states: after, later, over, looked, .. } = look.found();
        self.left -= looked as f64;
        if later || over || threads || began_in != epoch {
            return Seen::Unclear(states.into_keys().chain(unseen).collect());
        }
        let mut marks: Vec<(Address, bool)> = Vec::new();
        let mut gone = AddressSet::default();
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

impl Observer {
    /// How many objects are looked at between cells.
    const MOST_RESTING: u64 = 400_000;

    /// Looks at all that a value reaches.
    pub(crate) fn rests<'a>(
        &mut self,
        quiet: Quiet<'a>,
        value: Lent<'a>,
        boundary: &AddressSet,
        rested: &mut Rested,
    ) {
        let most = Self::MOST_RESTING.saturating_sub(rested.looked);
        let mut look = Look::new(quiet, &mut self.traits, boundary, most);
        look.from(value);
        let Found { states, over, looked, .. } = look.found();
        rested.looked += looked;
        rested.states.extend(states);
        rested.over.extend(over.then_some(value.address()));
    }

    /// The objects that are no longer as they were, by all that can be seen of them: what C keeps to itself is
    /// taken to be as it was, and what was too large to be looked at to have changed.
    pub(crate) fn rested<'a>(
        &mut self,
        quiet: Quiet<'a>,
        values: &[Lent<'a>],
        boundary: &AddressSet,
        before: &Rested,
    ) -> Vec<Address> {
        let mut look = Look::new(quiet, &mut self.traits, boundary, Self::MOST_RESTING * 2);
        values.iter().for_each(|&value| look.from(value));
        let Found { states: after, .. } = look.found();
        // What is gone nothing leads to any more, and whoever led to it has changed.
        let is_still = |address: &Address, state: &State| {
            after.get(address).is_none_or(|now| now.is_still(*state))
        };
        let changed = before.states.iter().filter(|(address, state)| !is_still(address, state));
        changed.map(|(&address, _)| address).chain(before.over.iter().copied()).collect()
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
