//! Following: which functions are followed, and which calls of them are under way.

use clew_effects::StateKey;
use clew_graph::{SourceId, Timestamp};
use clew_heap::{Address, AddressMap};
use clew_probe::LentCode;
use clew_syntax::StatementId;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::event_loop::Tasks;
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
    /// Functions that calls under way may come to call; nothing in the place of one that was.
    pub(super) offered: Vec<Option<LentFunction>>,
    /// A coroutine that a followed function is to be, and that has not begun to run.
    pub(super) made: Option<MadeCoroutine>,
    /// The tasks of the event loop that runs, when something was reported last.
    pub(super) tasks: Tasks,
    /// How many objects were gone through to find functions behind callees.
    pub(super) walked: usize,
    /// How often functions were followed, and those that cannot be.
    pub(super) known: FxHashMap<Function, usize>,
    /// The functions that code called which is not followed.
    pub(super) called_by_others: FxHashSet<Function>,
    /// The functions that may have run where nobody heard of it, and whether any may.
    pub(super) ran_elsewhere: FxHashSet<Function>,
    pub(super) any_ran_elsewhere: bool,
    /// The functions that ran and were not followed.
    pub(super) not_followed: FxHashSet<(SourceId, Option<usize>)>,
}

impl Following {
    /// Whether a coroutine is followed.
    pub(super) fn is_in_coroutine(&self) -> bool {
        self.under_way.iter().any(|call| call.is_coroutine)
    }

    /// Whether a function is followed or may be at any moment.
    pub(super) fn has_announcing_code(&self, function: Function) -> bool {
        self.under_way.iter().any(|call| call.function == function)
            || self.offered.iter().flatten().any(|lent| lent.function == function)
    }
}

/// A call that is under way.
pub(super) struct FollowedCall {
    pub(super) function: Function,
    /// The statement that makes it.
    pub(super) caller: Current,
    /// The frame that announced this.
    pub(super) frame: Address,
    /// Whether its code says when it ends.
    pub(super) says_end: bool,
    /// Whether it is a coroutine, which may rest while others run.
    pub(super) is_coroutine: bool,
    /// The tasks that there were when its statement at hand began.
    pub(super) tasks: Tasks,
    /// How many calls that nobody explains were under way around it.
    pub(super) unknown_around: usize,
    /// What that was reported to have changed so far. A callee may have been seen before its arguments were
    /// evaluated, and will change what it changes with what the function returns.
    pub(super) changed: Carried,
}

/// The statement that makes a call, at the time when it does.
pub(super) type CallingStatement = (SourceId, StatementId, Timestamp);

/// A coroutine that was made by a call of a function that is to be followed.
pub(super) struct MadeCoroutine {
    pub(super) function: Function,
    pub(super) code: Py<PyAny>,
    pub(super) coroutine: Address,
    pub(super) by: CallingStatement,
    /// Whether the statement awaits it itself.
    pub(super) is_awaited: bool,
}

/// A function that was entered and is to be followed.
pub(super) struct EnteredFunction {
    pub(super) code: Py<PyAny>,
    pub(super) makes: bool,
    /// Whether others than the statement call it.
    pub(super) by_others: bool,
    pub(super) says_end: bool,
    pub(super) is_coroutine: bool,
}

/// What a statement changed before it called a function that is followed.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) objects: AddressMap<Cause>,
    pub(super) everything: Option<Cause>,
    pub(super) states: Vec<(StateKey, bool)>,
    pub(super) awaits_followed: usize,
}

/// A function that has announcing code until it is entered.
pub(super) struct LentFunction {
    pub(super) function: Function,
    pub(super) lent: LentCode,
    pub(super) code: Py<PyAny>,
    pub(super) thread: usize,
    /// Whether it is the method that fills an instance which a call of its class makes.
    pub(super) makes: bool,
    /// Where it makes a coroutine: whether the statement that calls it awaits that at once.
    pub(super) coroutine: Option<bool>,
}
