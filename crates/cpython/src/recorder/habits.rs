//! Habits: what watching showed of the calls of a callable, for those that there is no time to watch.
//!
//! A call that is not watched may change anything that it can reach. Where calls of the same callable
//! with values of the same kinds were watched before, in this run or in an earlier one, it is taken to
//! change what those did: whatever can be reached from the arguments in which any of them changed
//! something. That is less than a look at the call itself tells, and more than it would tell.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::hash::{Hash, Hasher};

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use super::{CallArguments, Recorder};
use crate::callee::{Callee, Shape, text, top_level, type_name, version_of};
use crate::findings::Findings;
use crate::named::{self, Digests, Place};
use crate::reach::{self, Address, End, Walk};

/// How many calls have to be watched before others are taken to do as they did.
const ENOUGH: u8 = 3;
/// How many objects are looked at to tell through which argument a change can be got at.
const BUDGET: usize = 2_000;

/// What watching showed so far, by callee and kinds of arguments.
#[derive(Default)]
pub(super) struct Habits {
    edition: String,
    habits: FxHashMap<u64, Habit>,
    digests: Digests,
}

struct Habit {
    /// What it is kept under, if it is.
    about: Option<String>,
    seen: Seen,
    /// Whether more was seen than earlier runs have kept.
    new: bool,
}

/// What watched calls did.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// How many were watched, up to [`ENOUGH`].
    calls: u8,
    /// In which of the receiver (bit 0) and the arguments any of them changed something.
    changed: u64,
    /// Whether it could not be told of one.
    unclear: bool,
}

impl Seen {
    fn join(&mut self, other: Self) {
        self.calls = self.calls.max(other.calls);
        self.changed |= other.changed;
        self.unclear |= other.unclear;
    }
}

impl Habits {
    pub(super) fn new(edition: String) -> Self {
        Self { edition, ..Self::default() }
    }

    /// In which of its values a call that is not watched is taken to change something; `None` where
    /// too little is known.
    pub(super) unsafe fn of(
        &mut self,
        py: Python<'_>,
        findings: &dyn Findings,
        callee: &Callee,
        (call, values): (&CallArguments, &[*mut ffi::PyObject]),
    ) -> Option<u64> {
        // SAFETY: the call lends its callable and arguments.
        let habit = unsafe { self.habit(py, findings, callee, (call, values)) };
        (habit.seen.calls >= ENOUGH && !habit.seen.unclear).then_some(habit.seen.changed)
    }

    /// A call was watched. `changed` are objects that are not as they were; `None` where that could
    /// not be told.
    pub(super) unsafe fn learn(
        &mut self,
        py: Python<'_>,
        (findings, borders): (&dyn Findings, &FxHashSet<Address>),
        callee: &Callee,
        (call, values): (&CallArguments, &[*mut ffi::PyObject]),
        changed: Option<&[(Address, bool)]>,
    ) {
        // SAFETY: as for `of`.
        unsafe {
            let habit = self.habit(py, findings, callee, (call, values));
            let mut seen = habit.seen;
            seen.calls = ENOUGH.min(seen.calls + 1);
            seen.unclear |= changed.is_none();
            let changed: FxHashSet<Address> =
                changed.unwrap_or_default().iter().map(|&(address, _)| address).collect();
            for (at, &value) in values.iter().enumerate() {
                let known = seen.unclear || seen.changed & (1 << at) != 0;
                if known || changed.is_empty() || value.is_null() || !reach::is_mutable(value) {
                    continue;
                }
                let mut walk = Walk { borders, budget: BUDGET, definitions: false };
                let end = walk.run(value, &mut FxHashSet::default(), &mut |object| {
                    !changed.contains(&(object as Address))
                });
                if end != End::Complete {
                    seen.changed |= 1 << at;
                }
            }
            habit.new |= seen != habit.seen;
            habit.seen = seen;
        }
    }

    /// Hands over what later runs may want to know.
    pub(super) fn keep(&mut self, findings: &mut dyn Findings) {
        for habit in self.habits.values_mut() {
            if std::mem::take(&mut habit.new)
                && let Some(about) = &habit.about
                && let Ok(content) = postcard::to_stdvec(&habit.seen)
            {
                findings.found(about, content);
            }
        }
    }

    unsafe fn habit(
        &mut self,
        py: Python<'_>,
        findings: &dyn Findings,
        callee: &Callee,
        (call, values): (&CallArguments, &[*mut ffi::PyObject]),
    ) -> &mut Habit {
        let mut hasher = FxHasher::default();
        (callee.key, call.shape()).hash(&mut hasher);
        for &value in values {
            // SAFETY: the call lends its arguments.
            unsafe {
                if !value.is_null() {
                    (ffi::Py_TYPE(value) as Address).hash(&mut hasher);
                    flag(value).hash(&mut hasher);
                }
            }
        }
        let Self { edition, habits, digests } = self;
        habits.entry(hasher.finish()).or_insert_with(|| {
            // SAFETY: as above.
            let about = unsafe { about(py, edition, digests, callee, (call, values)) };
            let mut seen = Seen::default();
            for content in about.iter().flat_map(|about| findings.findings(about)) {
                seen.join(postcard::from_bytes(&content).unwrap_or_default());
            }
            Habit { about, seen, new: false }
        })
    }
}

/// `None`, `True`, `False` and short texts, which often choose what a call does.
unsafe fn flag(value: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the caller lends a live object.
    unsafe {
        if value == ffi::Py_None() {
            return Some("None".to_owned());
        }
        if value == ffi::Py_True() || value == ffi::Py_False() {
            return Some((value == ffi::Py_True()).to_string());
        }
        text(value).filter(|text| text.len() < 64).map(|text| format!("{text:?}"))
    }
}

/// What a habit is kept under: a callable of a library that has a version, as it is, and the kinds of
/// what it is given.
unsafe fn about(
    py: Python<'_>,
    edition: &str,
    digests: &mut Digests,
    callee: &Callee,
    (call, values): (&CallArguments, &[*mut ffi::PyObject]),
) -> Option<String> {
    // SAFETY: the call lends its callable and arguments.
    unsafe {
        let function = callee.function();
        let place = Place::told_by(function)?;
        let version = version_of(py, &top_level(&place.module))?;
        let digest = match callee.shape {
            Shape::Function => named::code(ffi::PyFunction_GetCode(function)),
            Shape::Class => digests.class(function.cast()),
            Shape::Builtin | Shape::Descriptor | Shape::Other => 0,
        };
        let kinds: Vec<String> = values
            .iter()
            .map(|&value| match value.is_null() {
                true => String::new(),
                false => {
                    let (module, name) = type_name(ffi::Py_TYPE(value));
                    format!("{module}.{name} {}", flag(value).unwrap_or_default())
                }
            })
            .collect();
        let Place { module, path } = place;
        let (keywords, kinds) = (call.keyword_names().join(" "), kinds.join(", "));
        Some(format!(
            "habit {edition}: {module} {path} {version} {digest:016x} ({kinds}) {keywords}"
        ))
    }
}

impl Recorder {
    /// In which of its values a call that is not watched is taken to change something.
    pub(super) unsafe fn habit(
        &mut self,
        py: Python<'_>,
        callee: &Callee,
        call: &CallArguments,
        values: &[*mut ffi::PyObject],
    ) -> Option<u64> {
        // SAFETY: handed on from `pass`.
        unsafe { self.habits.of(py, self.sink.as_ref(), callee, (call, values)) }
    }
}
