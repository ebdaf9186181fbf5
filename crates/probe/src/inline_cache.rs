//! Inline cache: what a probe knows about the value that comes by again, so that nobody is asked.
//!
//! Each probe has one. A callee that is known to do nothing, or a change that was reported already in
//! this statement and from this program point, costs a comparison and no call of the listener.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use clew_heap::Address;
use clew_heap::callee::Key;

use crate::program_point::ProgramPoint;
use crate::said::{Report, forget_reports};

static EPOCH: AtomicU64 = AtomicU64::new(1);

/// Counts statements: what was reported in this one need not be reported again.
#[inline]
pub fn epoch() -> u64 {
    EPOCH.load(Ordering::Relaxed)
}

/// A statement has ended: everything is to be reported anew.
pub fn begin_epoch() {
    EPOCH.fetch_add(1, Ordering::Relaxed);
    forget_reports();
}

/// How many program points of a loop a probe keeps apart without asking the listener.
const POINTS: usize = 4;

/// The last callee at a probe, or class of a value, and what to do when it comes again.
pub struct InlineCache {
    /// Tells its probe from all others of this process: another probe may come to be where one was.
    serial: u64,
    key: Cell<Key>,
    state: Cell<CacheState>,
    /// The statement in which the listener was last asked.
    asked: Cell<u64>,
    /// The statement in which values were last reported.
    epoch: Cell<u64>,
    /// Which values that were: their addresses, and from which point.
    reported: [Cell<(Address, ProgramPoint)>; POINTS],
    /// Of a value that is stored to by an in-place operator: what it held when last looked at, how
    /// often it came again, how much was looked at, and when it is to be looked at again.
    held: Cell<usize>,
    visits: Cell<u64>,
    looked: Cell<u64>,
    next: Cell<u64>,
}

/// What a probe does with a callee, or with a class of value that is stored to, that it knows.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum CacheState {
    /// Ask the listener.
    #[default]
    Ask,
    /// Give it back: the call has no effects that are not seen elsewhere.
    Pass,
    /// Give it back; its receiver changes.
    ChangeReceiver,
    /// Give it back; it keeps state between calls.
    ChangeCallee,
    /// Its call has to be seen with its arguments.
    See,
}

impl Default for InlineCache {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            serial: NEXT.fetch_add(1, Ordering::Relaxed),
            key: Cell::default(),
            state: Cell::default(),
            asked: Cell::default(),
            epoch: Cell::default(),
            reported: std::array::from_fn(|_| Cell::new((0, ProgramPoint::NOWHERE))),
            held: Cell::default(),
            visits: Cell::default(),
            looked: Cell::default(),
            next: Cell::default(),
        }
    }
}

impl InlineCache {
    /// The number of its probe.
    #[inline]
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// What to do with a callee or class, if it is the last that was here.
    #[inline]
    pub fn known(&self, key: Key) -> Option<CacheState> {
        (key.0 != 0 && key == self.key.get()).then(|| self.state.get())
    }

    /// The listener is being asked about a callee; whether it was asked about the same one in this
    /// statement already. Until it [settles](InlineCache::settle) the matter, it is asked each time.
    #[inline]
    pub fn ask(&self, key: Key) -> bool {
        let again = self.asked.replace(epoch()) == epoch() && self.known(key).is_some();
        self.remember(key, CacheState::Ask);
        again
    }

    /// Whether the listener was asked in this statement.
    #[inline]
    pub fn is_asked(&self) -> bool {
        self.asked.get() == epoch()
    }

    /// Whether calls here are to be seen, as the listener said in this statement.
    #[inline]
    pub(crate) fn is_seeing(&self) -> bool {
        self.state.get() == CacheState::See && self.is_asked()
    }

    /// What to do from now on with the callee that the listener was asked about.
    #[inline]
    pub fn settle(&self, state: CacheState) {
        self.state.set(state);
    }

    /// What to do from now on with a callee or class.
    #[inline]
    pub fn remember(&self, key: Key, state: CacheState) {
        self.key.set(key);
        self.state.set(state);
    }

    /// Whether a value was reported already, in this statement and from this point.
    #[inline]
    pub fn is_reported(&self, value: Address) -> bool {
        let point = ProgramPoint::current();
        self.epoch.get() == epoch() && self.reported[slot_of(point, POINTS)].get() == (value, point)
    }

    /// The same, of a value that says all by which object it is.
    #[inline]
    pub(crate) fn is_said(&self, value: Address) -> bool {
        self.is_reported(value) || Report::of_value(self.serial(), value).is_made()
    }

    /// Remembers that a value was reported that says all by which object it is.
    #[inline]
    pub fn say(&self, value: Address) {
        Report::of_value(self.serial(), value).keep();
        self.report(value);
    }

    /// Remembers that a value was reported.
    #[inline]
    pub fn report(&self, value: Address) {
        let (point, epoch) = (ProgramPoint::current(), epoch());
        if self.epoch.replace(epoch) != epoch {
            self.reported.iter().for_each(|slot| slot.set((0, ProgramPoint::NOWHERE)));
            self.visits.set(0);
            self.looked.set(0);
        }
        self.reported[slot_of(point, POINTS)].set((value, point));
    }

    /// Whether a value that was reported holds other things than when it was last looked at: `look`
    /// goes through their addresses. `None` where it was not looked at: after much of that in one statement, large
    /// values are looked at now and then.
    pub fn holds_other(&self, look: impl FnOnce(&mut dyn FnMut(Address))) -> Option<bool> {
        const MOST: u64 = 300_000;
        /// How many of the things that it holds a look may cost each of the visits until the next.
        const SHARE: u64 = 4;
        self.visits.set(self.visits.get() + 1);
        if self.looked.get() > MOST && self.visits.get() < self.next.get() {
            return None;
        }
        let (mut sum, mut count) = (0_usize, 1);
        look(&mut |address| {
            sum = sum.rotate_left(7) ^ address;
            count += 1;
        });
        self.looked.set(self.looked.get() + count);
        self.next.set(self.visits.get() + count / SHARE);
        Some(self.held.replace(sum) != sum)
    }
}

/// How many program points of a loop a function knows that it was entered from.
const ENTRANCES: usize = 16;

/// From which points of the statement at hand a function was entered.
pub(crate) struct Entrances {
    epoch: Cell<u64>,
    points: [Cell<ProgramPoint>; ENTRANCES],
}

impl Default for Entrances {
    fn default() -> Self {
        Self {
            epoch: Cell::new(0),
            points: std::array::from_fn(|_| Cell::new(ProgramPoint::NOWHERE)),
        }
    }
}

impl Entrances {
    /// Whether this is the first time in this statement and from this point.
    #[inline]
    pub(crate) fn is_first(&self) -> bool {
        let (epoch, point) = (epoch(), ProgramPoint::current());
        let slot = &self.points[slot_of(point, ENTRANCES)];
        let anew = self.epoch.replace(epoch) != epoch;
        if anew {
            self.points.iter().for_each(|slot| slot.set(ProgramPoint::NOWHERE));
        }
        let first = anew || slot.get() != point;
        slot.set(point);
        first
    }
}

/// Where what is known of a point is kept. Instructions are two bytes long, and calls are some apart.
#[inline]
fn slot_of(point: ProgramPoint, slots: usize) -> usize {
    (point.offset() as usize >> 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32 & (slots - 1)
}
