//! Said: which reports of the statement at hand would say nothing new.
//!
//! What a listener keeps of a statement are sets: a change of the same object, or a call of the same callee with the
//! same values, is in them after the first time. In a loop nearly all reports are of that kind, and come from a few
//! places with a few objects in turn. They are found in a small table of two arrays of numbers, without a call of the
//! listener. The table is direct-mapped: what does not find its place there is reported again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clew_heap::arguments::CallArguments;
use clew_heap::callee::Key;
use clew_heap::identity::{identity_of, identity_of_method, identity_of_value, number_of_value};
use clew_heap::{Address, Lent};
use pyo3::ffi;

use crate::program_point::ProgramPoint;

/// How many reports the table has room for.
const REPORTS: usize = 1 << 13;
/// How many callees it has room for that need not be reported at all.
const CALLEES: usize = 1 << 11;

static REPORTED: [AtomicU64; REPORTS] = [const { AtomicU64::new(0) }; REPORTS];
static SETTLED: [AtomicU64; CALLEES] = [const { AtomicU64::new(0) }; CALLEES];
/// Counts what makes earlier reports be worth nothing; part of each report.
static EDITION: AtomicU64 = AtomicU64::new(0);
static KEEPS: AtomicBool = AtomicBool::new(true);
static REPEATED: AtomicU64 = AtomicU64::new(0);

/// What identifies a report: what it is about, the statement, the point of the program and the thread. Two
/// different ones are taken for one with a chance of 1 to 2⁶⁴.
#[derive(Clone, Copy)]
pub(crate) struct Report(u64);

impl Report {
    /// That a value changes, is used up or the like, as a probe says each time.
    #[inline]
    pub(crate) fn of_value(probe: u64, value: Address) -> Self {
        Self::new([probe, value as u64])
    }

    /// That the calls of a callee are to be seen.
    #[inline]
    pub(crate) fn of_callee(probe: u64, key: Key) -> Self {
        Self::new([callee_at(probe, key), 0])
    }

    /// Any call of a callee that can only be given values which change nothing, from the point where it is looked up.
    #[inline]
    pub(crate) fn of_any_call(
        callable: Lent<'_>,
        base_name: Option<Lent<'_>>,
        point: ProgramPoint,
    ) -> Option<Self> {
        Some(Self::of(identity_of(callable)?, base_name, (1, point)))
    }

    /// The same of a method that is not bound yet.
    #[inline]
    pub(crate) fn of_any_method_call(
        (function, object): (Lent<'_>, Lent<'_>),
        base_name: Option<Lent<'_>>,
    ) -> Option<Self> {
        let identity = identity_of_method(function, object)?;
        Some(Self::of(identity, base_name, (1, ProgramPoint::current())))
    }

    #[inline]
    fn of(
        (function, receiver): (Address, Address),
        base_name: Option<Lent<'_>>,
        (values, point): (u64, ProgramPoint),
    ) -> Self {
        let callee = mix(function as u64, receiver as u64);
        let base_name = base_name.map_or(0, Lent::address);
        Self::at(point, [mix(callee, base_name as u64), values])
    }

    #[inline]
    fn new(about: [u64; 2]) -> Self {
        Self::at(ProgramPoint::current(), about)
    }

    #[inline]
    fn at(point: ProgramPoint, [one, other]: [u64; 2]) -> Self {
        let point = point.offset() as u64;
        // SAFETY: a report is about a live object, so the interpreter is held.
        #[allow(unsafe_code, reason = "asks CPython which thread this is")]
        let thread = unsafe { ffi::PyThreadState_Get() } as u64;
        let here = mix(EDITION.load(Ordering::Relaxed), thread ^ point << 48);
        Self(mix(mix(one, other), here) | 1)
    }

    /// Whether it was made already.
    #[inline]
    pub(crate) fn is_made(self) -> bool {
        REPORTED[self.0 as usize >> 1 & (REPORTS - 1)].load(Ordering::Relaxed) == self.0
    }

    /// The same, of a call, which is counted.
    #[inline]
    pub(crate) fn is_repeated(self) -> bool {
        let made = self.is_made();
        REPEATED.fetch_add(u64::from(made), Ordering::Relaxed);
        made
    }

    /// It need not be made again, unless it says something [new](keep_reports) each time.
    #[inline]
    pub(crate) fn keep(self) {
        if KEEPS.load(Ordering::Relaxed) {
            REPORTED[self.0 as usize >> 1 & (REPORTS - 1)].store(self.0, Ordering::Relaxed);
        }
    }
}

/// The reports of a call: that it is one with values of such classes and of such identity, or with the very values, or
/// with any.
#[derive(Clone, Copy)]
pub struct Reports {
    /// Numbers and texts count by their classes.
    by_class: Report,
    /// Texts, truth values and small numbers count as they are.
    by_value: Report,
    /// Values do not count.
    of_any: Report,
}

/// A report that need not be made again.
#[derive(Clone, Copy)]
pub struct CallReport {
    report: Report,
    of_any: Report,
}

impl CallReport {
    /// Calls like it need not be reported again, or no call of the callee at all.
    #[inline]
    pub fn keep(self, any: bool) {
        self.report.keep();
        if any {
            self.of_any.keep();
        }
    }
}

impl Reports {
    /// The reports of a call whose callee was looked up at a point; `None` where more matters than which values it is given:
    /// what is gone through or called by the call.
    pub(crate) fn of_call(
        callable: Lent<'_>,
        base_name: Option<Lent<'_>>,
        (call, looked_up): (&CallArguments, ProgramPoint),
    ) -> Option<Self> {
        if call.arguments.is_null() {
            return None;
        }
        let mut by_class = mix(call.count as u64, call.keywords as u64);
        let mut by_value = !by_class;
        for value in call.lent() {
            by_class = mix(by_class, identity_of_value(value)? as u64);
            by_value = mix(by_value, number_of_value(value).unwrap_or(by_class));
        }
        let callee = identity_of(callable)?;
        let here = ProgramPoint::current();
        Some(Self {
            by_class: Report::of(callee, base_name, (by_class, here)),
            by_value: Report::of(callee, base_name, (by_value, here)),
            of_any: Report::of(callee, base_name, (1, looked_up)),
        })
    }

    /// One of them.
    pub fn one(self, by_value: bool) -> CallReport {
        let report = if by_value { self.by_value } else { self.by_class };
        CallReport { report, of_any: self.of_any }
    }

    /// Whether either was made already, which is counted.
    #[inline]
    pub(crate) fn is_repeated(self) -> bool {
        self.by_class.is_repeated() || self.by_value.is_repeated()
    }
}

/// Whether a probe need never report a callee.
#[inline]
pub(crate) fn is_settled(probe: u64, key: Key) -> bool {
    let callee = callee_at(probe, key);
    key.0 != 0 && SETTLED[callee as usize >> 1 & (CALLEES - 1)].load(Ordering::Relaxed) == callee
}

/// A probe need never report a callee.
pub(crate) fn settle(probe: u64, key: Key) {
    let callee = callee_at(probe, key);
    SETTLED[callee as usize >> 1 & (CALLEES - 1)].store(callee, Ordering::Relaxed);
}

#[inline]
fn callee_at(probe: u64, key: Key) -> u64 {
    mix(mix(key.0 as u64, key.1 as u64), probe) | 1
}

/// What was reported so far may have to be reported again: a statement has ended, or what objects stand for is
/// another thing.
#[inline]
pub fn forget_reports() {
    EDITION.fetch_add(1, Ordering::Relaxed);
}

/// Whether the report that is being made may be left out when it comes again.
pub fn keep_reports(keep: bool) {
    KEEPS.store(keep, Ordering::Relaxed);
}

/// Whether that may be left out.
pub fn keeps_reports() -> bool {
    KEEPS.load(Ordering::Relaxed)
}

/// How many reports of calls were left out since this was last asked.
pub fn take_repeated() -> u64 {
    REPEATED.swap(0, Ordering::Relaxed)
}

/// Mixes two numbers, each bit of either into all: the folded product of 128 bits (Wang Yi's `wyhash`).
#[inline]
fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one ^ 0x9E37_79B9_7F4A_7C15)
        * u128::from(other.rotate_left(32) ^ 0xD6E8_FEB8_6659_FD93);
    (product as u64) ^ (product >> 64) as u64
}
