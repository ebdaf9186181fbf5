//! Call profile: what watching showed of the calls of a callable, for those that there is no time to watch.
//!
//! A call that is neither known nor inferred nor watched may change anything that it can reach. Where
//! calls of the same callable with values of the same kinds and the same flags were watched before, in
//! this run or in an earlier one, it is taken to change what those did: whatever can be reached from the
//! arguments in which any of them changed something. That is less than a look at the call itself tells,
//! and more than it would tell.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::callee::{Callee, Key, Shape, text, top_level, type_name, version_of};
use clew_heap::arguments::CallArguments;
use clew_heap::raw::class::version;
use clew_heap::raw::constant::constant_of;

use crate::findings::Findings;
use crate::named::{self, Digests, Place};
use crate::reach::{self, Address, Walk};

/// How many calls have to be watched before others are taken to do as they did.
const ENOUGH: u8 = 3;
/// How many kinds of calls of one callable are told apart; of one that is called in more ways nothing
/// is believed.
const MOST_KINDS: u8 = 8;
/// How many objects are looked at to tell through which argument a change can be got at.
const BUDGET: usize = 2_000;

/// What watching showed so far, by callee and kinds of arguments.
#[derive(Default)]
pub(super) struct CallProfiles {
    edition: String,
    profiles: FxHashMap<u64, CallProfile>,
    kinds: FxHashMap<Key, u8>,
}

struct CallProfile {
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

/// A call, with its receiver, or null, and its arguments.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) callee: &'a Callee,
    pub(super) call: &'a CallArguments,
    pub(super) values: &'a [*mut ffi::PyObject],
}

impl Seen {
    fn join(&mut self, other: Self) {
        self.calls = self.calls.max(other.calls);
        self.changed |= other.changed;
        self.unclear |= other.unclear;
    }
}

impl CallProfiles {
    pub(super) fn new(edition: String) -> Self {
        Self { edition, ..Self::default() }
    }

    /// In which of its values a call that is not watched is taken to change something; `None` where
    /// too little is known.
    pub(super) unsafe fn changed_by(
        &mut self,
        py: Python<'_>,
        means: (&dyn Findings, &mut Digests),
        given: Given<'_>,
    ) -> Option<u64> {
        // SAFETY: the call lends its callable and arguments.
        let seen = unsafe { self.entry(py, means, given)? }.seen;
        (seen.calls >= ENOUGH && !seen.unclear).then_some(seen.changed)
    }

    /// A call was watched. `changed` are objects that are still there and not as they were; `None` where
    /// that could not be told.
    pub(super) unsafe fn learn(
        &mut self,
        py: Python<'_>,
        means: (&dyn Findings, &mut Digests),
        given: Given<'_>,
        (changed, borders): (Option<FxHashSet<Address>>, &FxHashSet<Address>),
    ) {
        // SAFETY: as for `changed_by`.
        unsafe {
            let Some(profile) = self.entry(py, means, given) else { return };
            let mut seen = profile.seen;
            seen.calls = ENOUGH.min(seen.calls + 1);
            seen.unclear |= changed.is_none();
            let changed = changed.unwrap_or_default();
            let mut met = FxHashSet::default();
            for (at, &value) in given.values.iter().enumerate() {
                if changed.is_empty() || value.is_null() || !reach::is_mutable(value) {
                    continue;
                }
                let mut walk = Walk { borders, budget: BUDGET, definitions: false };
                walk.run(value, &mut FxHashSet::default(), &mut |object| {
                    if changed.contains(&(object as Address)) {
                        seen.changed |= 1 << at;
                        met.insert(object as Address);
                    }
                    true
                });
            }
            // Something else led to the rest.
            seen.unclear |= met.len() < changed.len();
            profile.new |= seen != profile.seen;
            profile.seen = seen;
        }
    }

    /// Hands over what later runs may want to know.
    pub(super) fn keep(&mut self, findings: &mut dyn Findings) {
        for profile in self.profiles.values_mut() {
            if std::mem::take(&mut profile.new)
                && let Some(about) = &profile.about
                && let Ok(content) = postcard::to_stdvec(&profile.seen)
            {
                findings.found(about, content);
            }
        }
    }

    /// What is known of calls of this kind; `None` where kinds of calls cannot be told apart.
    unsafe fn entry(
        &mut self,
        py: Python<'_>,
        (findings, digests): (&dyn Findings, &mut Digests),
        given: Given<'_>,
    ) -> Option<&mut CallProfile> {
        let Given { callee, call, values } = given;
        // Callables that have no key of their own may be any.
        if callee.key.0 == 0 {
            return None;
        }
        let mut hasher = Xxh3::default();
        (callee.key, call.shape()).hash(&mut hasher);
        for &value in values.iter().filter(|value| !value.is_null()) {
            // SAFETY: the call lends its arguments.
            unsafe {
                if does_as_it_is_told(value) {
                    return None;
                }
                let kind = ffi::Py_TYPE(value);
                (kind as Address, version(kind)).hash(&mut hasher);
                add_flags(value, &mut hasher);
            }
        }
        // SAFETY: as above.
        unsafe { add_flags_of_module(callee, &mut hasher) };
        let Self { edition, profiles, kinds } = self;
        Some(match profiles.entry(hasher.finish()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let count = kinds.entry(callee.key).or_default();
                if *count >= MOST_KINDS {
                    return None;
                }
                *count += 1;
                // SAFETY: as above.
                let about = unsafe { about(py, edition, digests, given) };
                let mut seen = Seen::default();
                for content in about.iter().flat_map(|about| findings.findings(about)) {
                    seen.join(postcard::from_bytes(&content).unwrap_or_default());
                }
                vacant.insert(CallProfile { about, seen, new: false })
            }
        })
    }
}

/// Whether what is done with a value hangs on what it does when it is called.
unsafe fn does_as_it_is_told(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        (*kind).tp_call.is_some()
            && (kind == &raw mut ffi::PyFunction_Type
                || ffi::PyType_Check(value) != 0
                || (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0
                || type_name(kind).0 == "functools")
    }
}

/// Adds the numbers and texts that a value is or has as attributes, which often choose what a call does.
unsafe fn add_flags(value: *mut ffi::PyObject, hasher: &mut Xxh3) {
    // SAFETY: the caller lends a live object; an instance holds its dictionary.
    unsafe {
        add_flag(value, hasher);
        if (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
            return;
        }
        let own = ffi::PyObject_GenericGetDict(value, std::ptr::null_mut());
        if own.is_null() {
            ffi::PyErr_Clear();
            return;
        }
        add_flags_in(own, hasher);
        ffi::Py_DECREF(own);
    }
}

/// Adds those that the module of a function written in Python has as variables.
unsafe fn add_flags_of_module(callee: &Callee, hasher: &mut Xxh3) {
    // SAFETY: the caller lends a live callable; a function holds its module's variables.
    unsafe {
        if callee.shape == Shape::Function {
            add_flags_in(ffi::PyFunction_GetGlobals(callee.function()), hasher);
        }
    }
}

unsafe fn add_flags_in(dictionary: *mut ffi::PyObject, hasher: &mut Xxh3) {
    // SAFETY: the caller lends a live dictionary.
    unsafe {
        let (mut at, mut name, mut held) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        while ffi::PyDict_Next(dictionary, &mut at, &mut name, &mut held) != 0 {
            if let Some(name) = text(name).filter(|name| !name.starts_with("__")) {
                name.hash(hasher);
                add_flag(held, hasher);
            }
        }
    }
}

unsafe fn add_flag(value: *mut ffi::PyObject, hasher: &mut Xxh3) {
    // SAFETY: the caller lends a live object; the cast follows a check of the exact type.
    unsafe {
        if ffi::Py_TYPE(value) == &raw mut ffi::PyFloat_Type {
            ffi::PyFloat_AS_DOUBLE(value).to_bits().hash(hasher);
        } else {
            constant_of(value).hash(hasher);
        }
    }
}

/// What a profile is kept under: a callable of a library that has a version, as it is, and the kinds of
/// what it is given.
unsafe fn about(
    py: Python<'_>,
    edition: &str,
    digests: &mut Digests,
    Given { callee, call, values }: Given<'_>,
) -> Option<String> {
    // SAFETY: the call lends its callable and arguments.
    unsafe {
        let function = callee.function();
        let (Place { module, path }, part) = Place::of(function)?;
        let version = version_of(py, &top_level(&module))?;
        let mut hasher = Xxh3::default();
        match callee.shape {
            Shape::Function => named::code(ffi::PyFunction_GetCode(function)).hash(&mut hasher),
            Shape::Class => digests.class(function.cast()).hash(&mut hasher),
            Shape::Builtin | Shape::Descriptor | Shape::Other => {}
        }
        (call.count, call.keyword_names()).hash(&mut hasher);
        for &value in values {
            value.is_null().hash(&mut hasher);
            if value.is_null() {
                continue;
            }
            let kind = ffi::Py_TYPE(value);
            let name = type_name(kind);
            let package = top_level(&name.0);
            match package.as_str() {
                "__main__" => return None,
                "builtins" => {}
                _ => version_of(py, &package).hash(&mut hasher),
            }
            (name, digests.class(kind)).hash(&mut hasher);
            add_flags(value, &mut hasher);
        }
        add_flags_of_module(callee, &mut hasher);
        let kinds = hasher.finish();
        // Stores of before keep them under this word.
        Some(format!("habit {edition}: {module} {path} {part:?} {version} {kinds:016x}"))
    }
}
