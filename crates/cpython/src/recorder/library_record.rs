//! Library record: what is kept of the program's dealings with libraries, over its life and over a statement.

use clew_effects::StateKey;
use clew_heap::Address;
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
    /// Whether anything was changed at all.
    pub(super) any: bool,
}

/// The packages that a statement called.
#[derive(Default)]
pub(super) struct Called {
    pub(super) functions: FxHashSet<Address>,
    pub(super) packages: FxHashSet<String>,
    /// Whether modules may have been changed.
    pub(super) unknown: bool,
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
