//! Hidden: what modules hold that a call is inferred to change, and whether it did.
//!
//! Inference says what code may do, which is often to fill a cache that is full already, or to set what nobody
//! asked for. Where the object can be seen, it is looked at when the call has returned.
#![allow(unsafe_code, reason = "keeps live objects for as long as a call takes")]

use std::rc::Rc;

use clew_effects::StateKey;
use clew_heap::instance::made_dictionary;
use clew_heap::lru_cache::{is_lru_cache, kept_results};
use clew_heap::{Address, AddressMap, AddressSet, Class, Lent, Quiet, kind};
use pyo3::prelude::*;

use crate::observe::{Observer, Snapshot};
use crate::recorder::note::variable_key;

/// How many items of a container are compared.
const MOST_ITEMS: usize = 512;
/// How many containers are looked at that an object holds.
const MOST_HELD: usize = 16;
/// How many results that `lru_cache` keeps are looked at before each call and after it.
const MOST_KEPT: usize = 200;

/// An object that a module holds and that a call may change.
pub(crate) struct HiddenWrite {
    /// Kept for as long as the call takes, which may let go of it.
    object: Py<PyAny>,
    /// The object as which it is known: itself, or who holds it.
    known_as: Address,
    before: Content,
}

/// A variable of a module that a call may bind.
pub(crate) struct HiddenBinding {
    variables: Py<PyAny>,
    name: Rc<str>,
    before: Address,
}

impl HiddenBinding {
    /// Looks at a variable of the module with these variables.
    pub(super) fn begin(variables: Lent<'_>, name: &Rc<str>) -> Self {
        let before = variables.item(name).map_or(0, Lent::address);
        // SAFETY: the object is alive, and the GIL held.
        let variables = unsafe {
            Bound::from_borrowed_ptr(variables.quiet().python(), variables.as_ptr()).unbind()
        };
        Self { variables, name: Rc::clone(name), before }
    }

    /// The state that it is.
    pub(super) fn key(&self) -> StateKey {
        variable_key(self.variables.as_ptr() as Address, &self.name)
    }

    /// Whether it is bound to something else.
    pub(super) fn is_changed(&self, quiet: Quiet<'_>) -> bool {
        // SAFETY: the reference keeps it alive, and none of the program's code runs meanwhile.
        let variables = unsafe { Lent::of(self.variables.bind(quiet.python())) };
        variables.item(&self.name).map_or(0, Lent::address) != self.before
    }
}

enum Content {
    /// Of a dictionary, or of an instance that keeps its attributes in one.
    Pairs { version: u64, pairs: Vec<(Address, Address)> },
    /// Of a dictionary that an instance holds.
    Version(u64),
    /// Of lists, sets and other instances.
    Held(u64),
    /// Of an object with all that it leads to.
    Deep(Snapshot),
    /// Of what `lru_cache` keeps: those of the results that can change, with all that they lead to.
    Kept(AddressMap<Snapshot>),
    /// Of what never changes.
    Fixed,
}

impl HiddenWrite {
    /// Looks at an object; `None` where it cannot be seen what becomes of it.
    pub(super) fn begin(object: Lent<'_>) -> Option<Self> {
        let before = content(object)?;
        // SAFETY: the object is alive, and the GIL held.
        let kept = unsafe { Bound::from_borrowed_ptr(object.quiet().python(), object.as_ptr()) };
        Some(Self { object: kept.unbind(), known_as: object.address(), before })
    }

    /// Looks at the containers that an object holds itself.
    pub(super) fn begin_held(object: Lent<'_>) -> Vec<Self> {
        let mut found = Vec::new();
        object.each_held(|held| {
            if !held.is_builtin_container() || found.len() >= MOST_HELD {
                return;
            }
            let before = match held.is_dict() {
                true => Content::Version(held.dictionary_version()),
                false => Content::Held(held.held_version(MOST_ITEMS)),
            };
            // SAFETY: the object is alive, and the GIL held.
            let kept = unsafe { Bound::from_borrowed_ptr(held.quiet().python(), held.as_ptr()) };
            found.push(Self { object: kept.unbind(), known_as: object.address(), before });
        });
        found
    }

    /// Looks at an object and all that it leads to; `None` where not all of that is seen.
    pub(super) fn begin_deep(
        object: Lent<'_>,
        observer: &mut Observer,
        boundary: &AddressSet,
    ) -> Option<Self> {
        let before = Content::Deep(observer.snapshot(object, boundary)?);
        // SAFETY: the object is alive, and the GIL held.
        let kept = unsafe { Bound::from_borrowed_ptr(object.quiet().python(), object.as_ptr()) };
        Some(Self { object: kept.unbind(), known_as: object.address(), before })
    }

    /// Looks at what `lru_cache` keeps of earlier calls; `None` for everything else, and where not all of that is
    /// seen.
    pub(super) fn begin_kept(
        object: Lent<'_>,
        observer: &mut Observer,
        boundary: &AddressSet,
    ) -> Option<Self> {
        let kept =
            is_lru_cache(object.class()).then(|| kept_results(object, MOST_KEPT)).flatten()?;
        let before = Content::Kept(snapshots(&kept, observer, boundary)?);
        // SAFETY: the object is alive, and the GIL held.
        let cache = unsafe { Bound::from_borrowed_ptr(object.quiet().python(), object.as_ptr()) };
        Some(Self { object: cache.unbind(), known_as: object.address(), before })
    }

    /// The object as which it is known.
    pub(super) fn address(&self) -> Address {
        self.known_as
    }

    /// Whether it holds something else.
    pub(super) fn is_changed(
        &self,
        quiet: Quiet<'_>,
        (observer, boundary): (&mut Observer, &AddressSet),
    ) -> bool {
        // SAFETY: the reference keeps it alive, and none of the program's code runs meanwhile.
        let object = unsafe { Lent::of(self.object.bind(quiet.python())) };
        match (&self.before, dictionary_of(object)) {
            (Content::Deep(before), _) => {
                observer.snapshot(object, boundary).is_none_or(|now| !now.is_still(before))
            }
            // That results come that cannot change tells nobody more than the calls themselves.
            (Content::Kept(before), _) => kept_results(object, MOST_KEPT)
                .and_then(|now| snapshots(&now, observer, boundary))
                .is_none_or(|now| {
                    let still = |(address, now): (&Address, &Snapshot)| {
                        before.get(address).is_some_and(|before| now.is_still(before))
                    };
                    now.len() != before.len() || !now.iter().all(still)
                }),
            (Content::Pairs { version, pairs }, Some(now)) => {
                let held = || now.pairs().map(|(key, value)| (key.address(), value.address()));
                *version != now.dictionary_version()
                    && (pairs.len() >= MOST_ITEMS || !held().eq(pairs.iter().copied()))
            }
            (Content::Version(version), Some(now)) => *version != now.dictionary_version(),
            (Content::Fixed, _) => false,
            (Content::Held(before), None) => *before != object.held_version(MOST_ITEMS),
            _ => true,
        }
    }
}

/// How those of some results are that can change, with all that they lead to; `None` where not all of that is
/// seen.
fn snapshots(
    results: &[Lent<'_>],
    observer: &mut Observer,
    boundary: &AddressSet,
) -> Option<AddressMap<Snapshot>> {
    let mut found = AddressMap::default();
    for &result in results {
        if found.len() >= MOST_HELD {
            return None;
        }
        if kind::is_mutable(result) && !result.is_definition() && !result.is_module() {
            found.insert(result.address(), observer.snapshot(result, boundary)?);
        }
    }
    Some(found)
}

/// What an object holds; `None` where not all of it is seen.
fn content(object: Lent<'_>) -> Option<Content> {
    // Attributes of classes are heard of when they are set.
    if !object.is_function() && (!kind::changes_in_place(object) || object.is_class()) {
        return Some(Content::Fixed);
    }
    if object.is_exact_list() || object.is_set() && !object.class().is_heap_type() {
        let count = object.items().len().max(object.size_of_dict_or_set());
        return (count < MOST_ITEMS).then(|| Content::Held(object.held_version(MOST_ITEMS)));
    }
    let is_root = |base: Class<'_>| base.is(&raw mut pyo3::ffi::PyBaseObject_Type);
    let mut lineage = object.class().lineage();
    let plain = object.class().is_made_by_statement()
        && lineage.all(|base| base.is_made_by_statement() || is_root(base));
    if !is_dictionary(object) && !plain && !object.is_function() {
        return None;
    }
    let Some(dictionary) = dictionary_of(object) else {
        return Some(Content::Held(object.held_version(MOST_ITEMS)));
    };
    let pairs = dictionary.pairs().take(MOST_ITEMS);
    Some(Content::Pairs {
        version: dictionary.dictionary_version(),
        pairs: pairs.map(|(key, value)| (key.address(), value.address())).collect(),
    })
}

/// The dictionary that an object is or keeps its attributes in.
fn dictionary_of(object: Lent<'_>) -> Option<Lent<'_>> {
    if is_dictionary(object) {
        return Some(object);
    }
    match object.is_function() {
        true => object.function_parts()[3],
        false => made_dictionary(object),
    }
}

/// Whether an object is a dictionary of Python's own.
fn is_dictionary(object: Lent<'_>) -> bool {
    object.is_dict() && (!object.class().is_heap_type() || object.class_name().0 == "collections")
}
