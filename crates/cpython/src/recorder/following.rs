//! Following: which functions are followed, and which calls of them are under way.

use clew_effects::StateKey;
use clew_graph::SourceId;
use clew_heap::Address;
use clew_probe::LentCode;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::statement::{Cause, Current};

/// How many functions are followed; each is compiled once more.
pub(super) const MOST_FUNCTIONS: usize = 500;

/// A function of the program, by its text and its place among the text's scopes.
pub(super) type Function = (SourceId, usize);

/// The functions that are followed.
#[derive(Default)]
pub(super) struct Following {
    /// The frame that announced the statement at hand.
    pub(super) frame: Address,
    /// The calls that are under way, the innermost last.
    pub(super) under_way: Vec<FollowedCall>,
    /// A function that is about to be entered.
    pub(super) lent: Option<LentFunction>,
    /// How often functions were followed, and those that cannot be.
    pub(super) known: FxHashMap<Function, usize>,
    /// The functions that ran and were not followed.
    pub(super) not_followed: FxHashSet<(SourceId, Option<usize>)>,
}

/// A call that is under way.
pub(super) struct FollowedCall {
    pub(super) function: Function,
    /// The statement that makes it.
    pub(super) caller: Current,
    /// What that was reported to have changed so far. A callee may have been seen before its arguments were
    /// evaluated, and will change what it changes with what the function returns.
    pub(super) changed: Carried,
}

/// What a statement changed before it called a function that is followed.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) objects: FxHashMap<Address, Cause>,
    pub(super) everything: Option<Cause>,
    pub(super) states: Vec<(StateKey, bool)>,
}

/// A function that has announcing code until it is entered.
pub(super) struct LentFunction {
    pub(super) function: Function,
    pub(super) lent: LentCode,
    pub(super) code: Py<PyAny>,
    pub(super) thread: usize,
    /// Whether it is the method that fills an instance which a call of its class makes.
    pub(super) makes: bool,
}
