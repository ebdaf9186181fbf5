//! Statement record: what the statement at hand did so far.

use std::rc::Rc;

use clew_effects::{Confidence, Effects, ExternalState, StateKey};
use clew_graph::{SourceId, Timestamp};
use clew_heap::callee::Key;
use clew_heap::{Address, AddressMap, AddressSet};
use clew_probe::ProgramPoint;
use clew_session::{Changed, Entered, SavedValue};
use clew_syntax::StatementId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::library_record::{Called, WatchedOperands};
use crate::inference::Inferred;
use crate::observe::Rested;

/// The statement that is running.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub(super) source: SourceId,
    pub(super) statement: StatementId,
    pub(super) start: Timestamp,
    /// Whether it is a `with` whose body has come to its end, and what happens now is its leaving.
    pub(super) leaving: bool,
    /// Whether it only was reported up to a call of a function that is followed.
    pub(super) calling: bool,
    /// Whether it is a `return` that was reported, and what happens now is the leaving of what it stands in.
    pub(super) returning: bool,
    /// The thread that runs it.
    pub(super) thread: usize,
}

/// What a statement did so far. Each statement begins with a default one.
#[derive(Default)]
pub(super) struct StatementRecord {
    /// The objects that it changed, and what did.
    pub(super) changed: AddressMap<Cause>,
    /// How many attributes and items were set or deleted.
    pub(super) stores: usize,
    /// The object of which an item was set that no other item of it hangs on, as long as nothing else was changed.
    pub(super) item_set: Option<Address>,
    /// Whether that is an attribute of it.
    pub(super) attribute_set: bool,
    /// What changed all that the statement can get at, if something may have.
    pub(super) everything_changed: Option<Cause>,
    /// What it changed deeply, how often, and when that is walked through again.
    pub(super) deep: AddressMap<Vec<Deep>>,
    /// What stores by a library's code were taken to reach, by where in a loop.
    pub(super) behind: FxHashMap<ProgramPoint, AddressSet>,
    /// The C objects that it changed and that may stand for others, with their packages.
    pub(super) proxies: AddressMap<String>,
    /// How many objects were looked at for deep changes.
    pub(super) walked: usize,
    /// Changed objects that were found by way of a module; no variable may lead to them.
    pub(super) hidden_candidates: AddressSet,
    /// Those that were found by way of a library's class, with its package.
    pub(super) kept_candidates: AddressMap<String>,
    /// The program's functions that were entered, in order.
    pub(super) entered: Vec<Entered>,
    pub(super) entered_seen: FxHashSet<(SourceId, Option<usize>)>,
    /// The external states that it read and changed, in order; of the latter whether anew.
    pub(super) states_read: Vec<StateKey>,
    pub(super) states_written: Vec<(StateKey, bool)>,
    pub(super) states_seen: FxHashSet<(StateKey, Option<bool>)>,
    /// The rules whose reads and changes of external states were noted, and where in a loop.
    pub(super) noted: FxHashSet<(*const Effects, ProgramPoint)>,
    /// What was inferred of calls and noted of what modules hold, where in a loop, and how much had been seen to
    /// change until then.
    pub(super) inferred_noted: FxHashMap<(*const Inferred, ProgramPoint), usize>,
    /// What modules hold that was seen to be changed, and where in a loop.
    pub(super) hidden_written: FxHashSet<(Address, ProgramPoint)>,
    /// The code of generators of which it is noted what they read, and from where.
    pub(super) generators_read: FxHashSet<(Address, ProgramPoint)>,
    /// The classes of the program's context managers of which it is noted what these do, and from where.
    pub(super) managers_followed: FxHashSet<(Key, ProgramPoint)>,
    /// Whether it is an `if` whose suite would have removed something that is not there.
    pub(super) makes_room: bool,
    /// Whether it entered a context manager that heeds exceptions when it is left.
    pub(super) heeds_exceptions: bool,
    /// What was called, by name.
    pub(super) calls: Vec<String>,
    /// Whether a call was made that no rule speaks of.
    pub(super) called_unknown: bool,
    /// The packages that calls which nothing explains are taken to have changed, and where in a loop.
    pub(super) unexplained: FxHashSet<(String, ProgramPoint)>,
    /// Variables that it read otherwise than by their names in its text.
    pub(super) read: Vec<String>,
    pub(super) reads_everything: bool,
    /// Variables that functions which run beside it may bind.
    pub(super) bound_beside: FxHashSet<String>,
    /// Whether a rule says how the last call's texts name variables.
    pub(super) spelled: bool,
    /// Whether somebody was given all variables, and no text that says which are wanted.
    pub(super) given_without_names: bool,
    /// The functions whose code somebody asked for, and where in a loop.
    pub(super) looked_into: FxHashSet<(Address, ProgramPoint)>,
    /// The variables that led to what it had changed when something was last saved in it: when it had
    /// changed so many objects, and whether more was assumed.
    pub(super) changed_so_far: Option<((usize, bool), Vec<Changed>)>,
    /// What was saved, and the addresses of the values.
    pub(super) saved: Vec<(SavedValue, Address)>,
    /// How often the namespace was handed out, and how often it was stored to by a key.
    pub(super) namespace_given: usize,
    pub(super) namespace_stored: usize,
    /// Whether an item of it was set by `+=` or its like.
    pub(super) namespace_augmented: bool,
    /// Whether variables may have been bound that its text does not bind.
    pub(super) namespace_open: bool,
    /// Whether a thread reported something that was not heard.
    pub(super) missed: bool,
    /// Whether an item of `os.environ` was set.
    pub(super) environ_stored: bool,
    /// The states that audit events named and no rule did.
    pub(super) audited: FxHashSet<ExternalState>,
    /// How many files audit events named.
    pub(super) files_audited: usize,
    /// Whether audit events named an environment variable.
    pub(super) environment_audited: bool,
    /// The environment variables that were set, each with whether it was not there before.
    pub(super) variables_set: FxHashMap<String, bool>,
    /// Whether a package was imported for the first time that does not come with Python.
    pub(super) imports_packages: bool,
    /// How many paths that calls were given were looked at.
    pub(super) paths_looked_at: usize,
    /// Whether a library replaced names in other modules, and so maybe in the program.
    pub(super) names_replaced: bool,
    /// What it called of libraries.
    pub(super) called: Called,
    /// What its operands led to, where they are watched.
    pub(super) operands: Option<WatchedOperands>,
    /// The submodules that it imported and that are found by way of names which were bound before.
    pub(super) links: Vec<String>,
    /// Whether a library of C was loaded by way of `ctypes`.
    pub(super) loads_library: bool,
    /// Whether modules were imported while it ran.
    pub(super) imported_within: bool,
    /// The database that a connection is being made to.
    pub(super) connecting: Option<String>,
    /// How often the system could have been asked about files and processes.
    system_asked: usize,
    /// How many coroutines it awaited whose statements are reported by themselves.
    pub(super) awaits_followed: usize,
    /// The file that is being mapped into memory.
    pub(super) mapped: Option<StateKey>,
    /// The files that it mapped into memory.
    pub(super) mapped_files: Vec<StateKey>,
    /// What the last context manager stands for.
    pub(super) entering: Option<StateKey>,
    /// What it had done when its result was displayed.
    pub(super) shown: Option<Shown>,
}

impl StatementRecord {
    /// Whether the system is asked about files and processes for one more call. Where there are very many,
    /// it is so for some of them.
    pub(super) fn asks_system(&mut self) -> bool {
        const MOST: usize = 1_000;
        const ONE_IN: usize = 64;
        self.system_asked += 1;
        self.system_asked <= MOST || self.system_asked.is_multiple_of(ONE_IN)
    }
}

/// What the statement at hand had done when its result was about to be displayed.
pub(super) struct Shown {
    pub(super) changed: AddressMap<Cause>,
    pub(super) everything_changed: Option<Cause>,
    pub(super) states_written: usize,
    /// The value, as it was then.
    pub(super) value: Address,
    pub(super) rested: Rested,
}

/// An object that was changed deeply, several times in one part of a statement.
pub(super) struct Deep {
    pub(super) point: ProgramPoint,
    /// What it held, as far as that tells it from another one at the same address.
    pub(super) parts: Address,
    pub(super) times: usize,
    pub(super) next: usize,
    /// Whether it reaches the same each time, as far as can be told.
    pub(super) fixed: bool,
    /// Whether it leads to so little that it is walked through each time.
    pub(super) small: bool,
    pub(super) by: Cause,
}

/// What changed an object, and how that is known.
#[derive(Clone)]
pub(super) struct Cause {
    pub(super) by: Rc<str>,
    pub(super) confidence: Confidence,
}

/// What is said where a cached property was computed.
pub(super) const CACHED: &str = "a cached property";

/// What is said of changes by `+=` and its like.
pub(super) const IN_PLACE: &str = "in-place operator";

impl Cause {
    pub(super) fn new(by: &str, confidence: Confidence) -> Self {
        Self { by: Rc::from(by), confidence }
    }
}
