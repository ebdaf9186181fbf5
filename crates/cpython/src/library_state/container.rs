//! Container: a dictionary, list, set or instance that a module holds, with those in it.
#![allow(unsafe_code, reason = "looks at what containers hold by its address")]

use std::rc::Rc;

use clew_heap::callable_name::{is_of_program, top_level};
use clew_heap::instance::made_dictionary;
use clew_heap::traversal::traverse;
use clew_heap::{Address, AddressMap, AddressSet, Lent};
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::ContainerChange;

/// How deep containers in containers are looked at.
const DEPTH: usize = 4;
/// How many items of one container are looked at.
const MOST_ITEMS: usize = 512;
/// How many containers are looked at within one.
const MOST_HELD: usize = 64;

/// A container as it was when it was last looked at.
pub(super) struct Container {
    address: Address,
    /// The package whose instances are looked into; empty for all.
    home: Rc<str>,
    depth: usize,
    content: Content,
    held: Vec<Self>,
    /// How many subclasses a class has.
    subclasses: usize,
}

/// The containers that modules hold.
#[derive(Default)]
pub(crate) struct Owned {
    /// Those that a name of a module stands for.
    pub(super) named: AddressSet,
    /// All of them, and some that are gone.
    pub(super) inner: AddressSet,
}

/// What containers are compared with, and how they changed.
pub(super) struct Changes<'l> {
    pub(super) changed: &'l mut Vec<ContainerChange>,
    pub(super) owned: &'l mut Owned,
}

enum Content {
    /// Of a dictionary, or of an instance that keeps its attributes in one.
    Pairs { version: u64, pairs: Vec<(Address, Address)> },
    /// Of an instance that keeps its attributes in itself, in the order in which they were set.
    Attributes(Vec<Address>),
    /// Of everything else.
    Held(u64),
}

impl Container {
    /// An object that a module of this package holds as a container; `None` where it is none that is looked
    /// into.
    pub(super) fn of(object: Lent<'_>, home: &Rc<str>, owned: &mut Owned) -> Option<Self> {
        Self::within(object, DEPTH, home, owned)
    }

    fn within(object: Lent<'_>, depth: usize, home: &Rc<str>, owned: &mut Owned) -> Option<Self> {
        let looked_into = depth > 0 && is_looked_into(object) && is_at_home(object, home);
        looked_into.then(|| Self::made(object, depth, home, owned))
    }

    /// A class of the program's own as a container of its attributes and subclasses.
    pub(super) fn of_class(class: Lent<'_>, home: &Rc<str>, owned: &mut Owned) -> Self {
        Self::made(class, DEPTH, home, owned)
    }

    /// A class of a library's for the containers among its attributes; `None` where there are none. Attributes
    /// that are set are heard of.
    pub(super) fn of_library_class(
        class: Lent<'_>,
        home: &Rc<str>,
        owned: &mut Owned,
    ) -> Option<Self> {
        let made = Self::made(class, DEPTH, home, owned);
        (!made.held.is_empty()).then_some(made)
    }

    fn made(object: Lent<'_>, depth: usize, home: &Rc<str>, owned: &mut Owned) -> Self {
        owned.inner.insert(object.address());
        let mut container = Self {
            address: object.address(),
            home: Rc::clone(home),
            depth,
            content: Content::Held(0),
            held: Vec::new(),
            subclasses: subclasses_of(object),
        };
        container.remember(object, owned);
        container
    }

    pub(super) fn address(&self) -> Address {
        self.address
    }

    /// Compares it with what it was; who holds it is as it was.
    pub(super) fn compare_held(&mut self, _holder: Lent<'_>, changes: &mut Changes<'_>) {
        // SAFETY: its holder is as it was, and so holds it still; none of the program's code runs meanwhile.
        if let Some(object) = unsafe { Lent::new(self.address as *mut ffi::PyObject) } {
            self.compare(object, changes);
        }
    }

    /// Compares it with what it was, and adds it and those in it that changed.
    pub(super) fn compare(&mut self, object: Lent<'_>, changes: &mut Changes<'_>) {
        let dictionary = dictionary_of(object);
        let same = match (&self.content, dictionary) {
            (Content::Pairs { version, .. }, Some(dictionary)) => {
                *version == dictionary.dictionary_version()
            }
            (Content::Attributes(before), None) => *before == held_by(object),
            (Content::Held(version), None) => *version == object.held_version(MOST_ITEMS),
            // An instance has got a dictionary of its attributes, which hold what they held or not.
            _ => {
                self.compare_those_left(object, changes);
                self.remember(object, changes.owned);
                return;
            }
        };
        // Of a library's class everything but what its containers hold is heard of.
        let silent = object.is_class() && !self.home.is_empty();
        if self.subclasses != subclasses_of(object) && !silent {
            changes
                .changed
                .push(ContainerChange { grown: true, ..ContainerChange::of(self.address) });
            self.subclasses = subclasses_of(object);
        }
        let before = changes.changed.len();
        if same {
            for container in &mut self.held {
                container.compare_held(object, changes);
            }
            return self.is_around(&mut changes.changed[before..]);
        }
        let mut change = ContainerChange { grown: true, ..ContainerChange::of(self.address) };
        if let (Content::Pairs { pairs, .. }, Some(dictionary)) = (&self.content, dictionary) {
            let before: AddressMap<Address> = pairs.iter().copied().collect();
            let (mut kept, mut unnamed) = (0, false);
            change.grown = pairs.len() == MOST_ITEMS;
            for (key, value) in dictionary.pairs().take(2 * MOST_ITEMS) {
                match before.get(&key.address()) {
                    Some(&known) => {
                        kept += 1;
                        let first_set = known == object.quiet().none_address();
                        change.replaced |= known != value.address()
                            && !first_set
                            && !self.goes_on_as(known, value)
                            && key.as_str().is_none_or(is_of_interest);
                    }
                    None => match key.text() {
                        // An attribute that comes late was only worked out late.
                        Some(_) if dictionary != object && !object.is_class() => {}
                        Some(name) if is_of_interest(&name) => {
                            change.of_program |= is_of_program(value);
                            change.keys.push(name);
                        }
                        Some(_) => {}
                        None => unnamed = true,
                    },
                }
            }
            change.replaced |= kept < before.len();
            change.filled = !change.replaced && !change.grown;
            change.grown |= unnamed;
        }
        if let Content::Attributes(before) = &self.content {
            // What is set for the first time was only worked out late.
            let (now, none) = (held_by(object), object.quiet().none_address());
            change.grown = false;
            change.replaced = before.iter().any(|held| {
                *held != none && !now.contains(held) && !self.goes_on_in(*held, object)
            });
        }
        change.class = object.is_class();
        if !silent && (change.replaced || change.grown || !change.keys.is_empty()) {
            changes.changed.push(change);
        }
        self.compare_those_left(object, changes);
        self.remember(object, changes.owned);
    }

    /// Whether a dictionary that it held is another one now that has all that was in the first one: so what
    /// instances share is copied for the one of which more is worked out.
    fn goes_on_as(&self, before: Address, now: Lent<'_>) -> bool {
        let known = self.held.iter().find(|held| held.address == before).map(|held| &held.content);
        let Some(Content::Pairs { pairs, .. }) = known.filter(|_| now.is_dict()) else {
            return false;
        };
        let now: FxHashSet<(Address, Address)> =
            now.pairs().map(|(key, value)| (key.address(), identity(value))).collect();
        pairs.len() < MOST_ITEMS && pairs.iter().all(|pair| now.contains(pair))
    }

    /// The same, of one of what an instance holds.
    fn goes_on_in(&self, before: Address, instance: Lent<'_>) -> bool {
        let mut found = false;
        traverse(instance, |held| {
            found = self.goes_on_as(before, held);
            !found
        });
        found
    }

    /// Compares the containers that it holds still.
    fn compare_those_left(&mut self, object: Lent<'_>, changes: &mut Changes<'_>) {
        if self.held.is_empty() {
            return;
        }
        let mut left = FxHashSet::default();
        match dictionary_of(object) {
            Some(dictionary) => {
                left.extend(dictionary.pairs().map(|(_, held)| held.address()));
            }
            None => traverse(object, |held| {
                left.insert(held.address());
                true
            }),
        }
        let before = changes.changed.len();
        for container in &mut self.held {
            if left.contains(&container.address) {
                container.compare_held(object, changes);
            }
        }
        self.is_around(&mut changes.changed[before..]);
    }

    /// What it holds changed.
    fn is_around(&self, changes: &mut [ContainerChange]) {
        changes.iter_mut().for_each(|change| change.holders.push(self.address));
    }

    /// Keeps what it holds now.
    fn remember(&mut self, object: Lent<'_>, owned: &mut Owned) {
        self.held.clear();
        match dictionary_of(object) {
            Some(dictionary) => {
                let pairs = dictionary.pairs().take(MOST_ITEMS);
                self.content = Content::Pairs {
                    version: dictionary.dictionary_version(),
                    pairs: pairs.map(|(key, value)| (key.address(), identity(value))).collect(),
                };
                for (key, value) in dictionary.pairs().take(MOST_ITEMS) {
                    if key.as_str().is_none_or(is_of_interest) {
                        self.hold(value, owned);
                    }
                }
            }
            None => {
                self.content = match is_instance(object) {
                    true => Content::Attributes(held_by(object)),
                    false => Content::Held(object.held_version(MOST_ITEMS)),
                };
                let mut within = Vec::new();
                traverse(object, |held| {
                    within.push(held);
                    within.len() < MOST_ITEMS
                });
                if object.is_function() {
                    within = registry_of(object).into_iter().collect();
                }
                within.into_iter().for_each(|held| self.hold(held, owned));
            }
        }
    }

    fn hold(&mut self, value: Lent<'_>, owned: &mut Owned) {
        if self.held.len() < MOST_HELD {
            self.held.extend(Self::within(value, self.depth - 1, &self.home, owned));
        }
    }
}

/// Whether an object is neither a container of Python's own nor a function.
fn is_instance(object: Lent<'_>) -> bool {
    !object.is_list() && !object.is_set() && !object.is_function() && object.class().is_heap_type()
}

/// Whether an object is a container, or an instance of a class of a package itself: what others' instances
/// hold is theirs.
fn is_at_home(object: Lent<'_>, home: &str) -> bool {
    if !is_instance(object) || object.is_class() {
        return true;
    }
    let package = top_level(&object.class().name().0);
    if home.is_empty() { package != "logging" } else { package == home }
}

/// Where the attributes are that an instance keeps in itself.
fn held_by(object: Lent<'_>) -> Vec<Address> {
    let mut held = Vec::new();
    traverse(object, |object| {
        held.push(identity(object));
        held.len() < MOST_ITEMS
    });
    held
}

/// How many subclasses a class has; 0 for everything else.
fn subclasses_of(object: Lent<'_>) -> usize {
    object.as_class().map_or(0, clew_heap::Class::subclasses_count)
}

/// Where a value is; where `None` is, for what only stands for a value that is not there yet.
pub(super) fn identity(value: Lent<'_>) -> Address {
    match value.is_exactly(&raw mut ffi::PyBaseObject_Type) {
        true => value.quiet().none_address(),
        false => value.address(),
    }
}

/// The dictionary that an object is or keeps its attributes in.
fn dictionary_of(object: Lent<'_>) -> Option<Lent<'_>> {
    if let Some(class) = object.as_class() {
        return class.dictionary();
    }
    match object.is_dict() {
        true => Some(object),
        false if object.is_list() || object.is_set() || object.is_function() => None,
        false => made_dictionary(object),
    }
}

/// What a function of `functools.singledispatch` dispatches by.
fn registry_of(function: Lent<'_>) -> Option<Lent<'_>> {
    let [.., attributes] = function.function_parts();
    let proxy = attributes?.item("registry")?;
    let mut found = None;
    traverse(proxy, |held| {
        found = Some(held).filter(|held| held.is_dict());
        found.is_none()
    });
    found
}

/// Whether an object is a container, or an instance of a class written in Python that is no cache by its
/// nature.
pub(super) fn is_looked_into(object: Lent<'_>) -> bool {
    if object.is_dict() || object.is_exact_list() {
        return true;
    }
    if object.is_function() {
        return registry_of(object).is_some();
    }
    if object.is_class() || object.is_module() || object.is_function() || object.is_tuple() {
        return false;
    }
    let class = object.class();
    if object.is_set() || class.c_name() == c"collections.deque" {
        return !object.is_exactly(&raw mut ffi::PyFrozenSet_Type);
    }
    if !class.is_heap_type() || object.is_text() || object.is_int() {
        return false;
    }
    let module = class.own("__module__").and_then(Lent::as_str).unwrap_or_default();
    let of_no_interest =
        ["typing", "weakref", "_weakrefset", "threading", "enum", "functools", "re"];
    !of_no_interest.contains(&module) && class.is_made_by_statement()
}

/// Whether what stands under a name may be more than what was worked out before.
pub(crate) fn is_of_interest(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("__")
        // What a class of flags knows of their combinations it works out when they are combined first; networkx
        // numbers the functions that it compiles when they are called first.
        && !["_argmap__count", "_inverted_", "_value2member_map_"].contains(&name.as_str())
        && !["cache", "memo", "lock", "seen", "warned", "lazy", "environ"]
            .iter()
            .any(|word| name.contains(word))
}
