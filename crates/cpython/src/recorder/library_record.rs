//! Library record: what is kept of the program's dealings with libraries, over its life and over a statement.

use clew_effects::StateKey;
use clew_graph::SourceId;
use clew_heap::{Address, AddressSet, Class};
use clew_probe::ProgramPoint;
use clew_syntax::{Read, SpecialMethods};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::library_state::LibraryState;
use crate::observe::Before;

/// What is known of what the program's statements did to libraries.
#[derive(Default)]
pub(super) struct Libraries {
    pub(super) state: LibraryState,
    /// New attributes and keys, by what they are called.
    pub(super) named: FxHashMap<String, Vec<StateKey>>,
    /// The names of modules that an import statement binds by its text.
    pub(super) explicit: FxHashSet<StateKey>,
    /// The names of modules that each variable's own import binds.
    pub(super) bound_with: FxHashMap<String, FxHashSet<StateKey>>,
    /// What packages were seen to change of what they keep themselves.
    pub(super) kept: Kept,
    /// The functions of the program that packages were given to keep, by the state that each of them is.
    pub(super) registered: FxHashMap<StateKey, RegisteredFunction>,
    /// Whether anything was changed at all.
    pub(super) any: bool,
}

/// A function of the program that a package keeps.
pub(super) struct RegisteredFunction {
    /// The text that it is of, and its place among the text's scopes.
    pub(super) scope: (SourceId, usize),
    /// Who was given it.
    pub(super) given_to: Address,
}

/// What packages were seen to change of what they keep.
#[derive(Default)]
pub(super) struct Kept {
    by_package: FxHashMap<String, KeptByPackage>,
    pub(super) objects: AddressSet,
    /// The classes among them.
    pub(super) classes: AddressSet,
}

impl Kept {
    pub(super) fn is_empty(&self) -> bool {
        self.by_package.is_empty()
    }

    /// How much packages were seen to change.
    pub(super) fn len(&self) -> usize {
        let by_package = self.by_package.values().map(|known| known.seen.len());
        by_package.sum::<usize>() + self.objects.len() + self.classes.len()
    }

    pub(super) fn add(&mut self, package: &str, key: StateKey) {
        let known = self.by_package.entry(package.to_owned()).or_default();
        if known.seen.insert(key.clone()) {
            known.in_order.push(key);
        }
    }

    /// What of it a package keeps.
    pub(super) fn of_package(&self, package: &str) -> &[StateKey] {
        self.by_package.get(package).map_or(&[], |known| &known.in_order)
    }

    /// What of it a class and its bases are.
    pub(super) fn of_class(&self, class: Class<'_>) -> Vec<Address> {
        if self.classes.is_empty() {
            return Vec::new();
        }
        let order = class.resolution_order().map(Class::address);
        order.filter(|base| self.classes.contains(base)).collect()
    }
}

/// What one package was seen to change of what it keeps.
#[derive(Default)]
struct KeptByPackage {
    in_order: Vec<StateKey>,
    seen: FxHashSet<StateKey>,
}

/// The packages that a statement called.
#[derive(Default)]
pub(super) struct Called {
    pub(super) functions: FxHashSet<(Address, ProgramPoint)>,
    pub(super) packages: FxHashSet<String>,
    /// Where in a loop each of them was.
    pub(super) points: FxHashMap<String, FxHashSet<ProgramPoint>>,
    /// Whether modules may have been changed.
    pub(super) unknown: bool,
    /// Whether something was called of which nobody took what it gave, or which gave nothing.
    pub(super) for_effect: bool,
    /// How often it was asked whether somebody took it.
    pub(super) results_asked: usize,
    /// The functions that may have read what their package keeps, and where in a loop.
    pub(super) kept_read: FxHashSet<(Address, ProgramPoint)>,
}

/// What is known of the operators of libraries' classes.
#[derive(Default)]
pub(super) struct Operators {
    /// The methods of each class and version of it that libraries wrote in Python.
    pub(super) written: FxHashMap<(usize, usize), SpecialMethods>,
    /// How often those of a class were watched and changed nothing.
    pub(super) in_vain: FxHashMap<(usize, usize), u32>,
}

/// What the operands of the statement at hand led to before it.
pub(super) struct WatchedOperands {
    pub(super) reads: Vec<Read>,
    pub(super) classes: Vec<(usize, usize)>,
    pub(super) before: Box<Before>,
}
