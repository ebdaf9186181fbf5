//! Call profile: what watching showed of the calls of a callable, for those that there is no time to watch.
//!
//! A call that is neither known nor inferred nor watched may change anything that it can reach. Where
//! calls of the same callable with values of the same kinds and the same flags were watched before, in
//! this run or in an earlier one, it is taken to change what those did: whatever can be reached from the
//! arguments in which any of them changed something. A look at the call itself would show more of
//! some changes, and rule out others.

use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::top_level;
use clew_heap::callee::{Callee, Key};
use clew_heap::constant::literal_of;
use clew_heap::digest::{self, Digests};
use clew_heap::qualified_name::Place;
use clew_heap::walk::Walk;
use clew_heap::{AddressSet, Lent, kind};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::findings::Findings;
use crate::package::version_of;

/// How many calls have to be watched before others are taken to do as they did.
const ENOUGH: u8 = 3;
/// How many kinds of calls of one callable are distinguished; of one that is called in more ways nothing
/// is believed.
const MOST_KINDS: u8 = 8;
/// How many objects are looked at to find through which argument a change can be got at.
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
    /// Whether it is not known of one.
    unclear: bool,
}

/// A call, with its receiver, or nothing, and its arguments.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) callee: &'a Callee<'a>,
    pub(super) call: &'a CallArguments,
    pub(super) values: &'a [Option<Lent<'a>>],
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
    pub(super) fn changed_by(
        &mut self,
        means: (&dyn Findings, &mut Digests),
        given: Given<'_>,
    ) -> Option<u64> {
        let seen = self.entry(means, given)?.seen;
        (seen.calls >= ENOUGH && !seen.unclear).then_some(seen.changed)
    }

    /// A call was watched. `changed` are objects that are still there and not as they were; `None` where
    /// that is not known.
    pub(super) fn learn(
        &mut self,
        means: (&dyn Findings, &mut Digests),
        given: Given<'_>,
        (changed, boundary): (Option<AddressSet>, &AddressSet),
    ) {
        let Some(profile) = self.entry(means, given) else { return };
        let mut seen = profile.seen;
        seen.calls = ENOUGH.min(seen.calls + 1);
        seen.unclear |= changed.is_none();
        let changed = changed.unwrap_or_default();
        let mut met = FxHashSet::default();
        for (at, &value) in given.values.iter().enumerate() {
            let mutable = value.filter(|&value| kind::is_mutable(value));
            let Some(value) = mutable.filter(|_| !changed.is_empty()) else { continue };
            let mut walk = Walk { boundary, budget: BUDGET, definitions: false };
            walk.run(value, &mut AddressSet::default(), &mut |object| {
                if changed.contains(&object.address()) {
                    seen.changed |= 1 << at;
                    met.insert(object.address());
                }
                true
            });
        }
        // Something else led to the rest.
        seen.unclear |= met.len() < changed.len();
        profile.new |= seen != profile.seen;
        profile.seen = seen;
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

    /// What is known of calls of this kind; `None` where kinds of calls cannot be distinguished.
    fn entry(
        &mut self,
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
        for &value in values.iter().flatten() {
            if does_as_it_is_told(value) {
                return None;
            }
            let class = value.class();
            (class.address(), class.version()).hash(&mut hasher);
            add_flags(value, &mut hasher);
        }
        add_flags_of_module(callee, &mut hasher);
        let Self { edition, profiles, kinds } = self;
        Some(match profiles.entry(hasher.finish()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let count = kinds.entry(callee.key).or_default();
                if *count >= MOST_KINDS {
                    return None;
                }
                *count += 1;
                let about = about(edition, digests, given);
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
fn does_as_it_is_told(value: Lent<'_>) -> bool {
    let class = value.class();
    value.is_callable()
        && (value.is_function()
            || value.is_class()
            || !class.is_heap_type()
            || class.name().0 == "functools")
}

/// Adds the numbers and texts that a value is or has as attributes, which often choose what a call does.
fn add_flags(value: Lent<'_>, hasher: &mut Xxh3) {
    add_flag(value, hasher);
    if value.class().is_heap_type()
        && let Some(own) = value.own_dictionary()
    {
        add_flags_in(own, hasher);
    }
}

/// Adds those that the module of a function written in Python has as variables.
fn add_flags_of_module(callee: &Callee<'_>, hasher: &mut Xxh3) {
    if let Some(globals) = callee.function.function_globals() {
        add_flags_in(globals, hasher);
    }
}

fn add_flags_in(dictionary: Lent<'_>, hasher: &mut Xxh3) {
    for (name, held) in dictionary.pairs() {
        if let Some(name) = name.text().filter(|name| !name.starts_with("__")) {
            name.hash(hasher);
            add_flag(held, hasher);
        }
    }
}

fn add_flag(value: Lent<'_>, hasher: &mut Xxh3) {
    match value.float() {
        Some(number) => number.to_bits().hash(hasher),
        None => literal_of(value).hash(hasher),
    }
}

/// What a profile is kept under: a callable of a library that has a version, as it is, and the kinds of
/// what it is given.
fn about(
    edition: &str,
    digests: &mut Digests,
    Given { callee, call, values }: Given<'_>,
) -> Option<String> {
    let function = callee.function;
    let quiet = function.quiet();
    let (Place { module, path }, part) = Place::locate(function)?;
    let version = version_of(quiet, &top_level(&module))?;
    let mut hasher = Xxh3::default();
    if let Some(code) = function.function_code() {
        digest::code(code).hash(&mut hasher);
    } else if let Some(class) = function.as_class() {
        digests.of_class(class).hash(&mut hasher);
    }
    (call.count, call.keyword_names()).hash(&mut hasher);
    for &value in values {
        value.is_none().hash(&mut hasher);
        let Some(value) = value else { continue };
        let name = value.class_name();
        let package = top_level(&name.0);
        match package.as_str() {
            "__main__" => return None,
            "builtins" => {}
            _ => version_of(quiet, &package).hash(&mut hasher),
        }
        (name, digests.of_class(value.class())).hash(&mut hasher);
        add_flags(value, &mut hasher);
    }
    add_flags_of_module(callee, &mut hasher);
    let kinds = hasher.finish();
    // Stores of before keep them under this word.
    Some(format!("habit {edition}: {module} {path} {part:?} {version} {kinds:016x}"))
}
