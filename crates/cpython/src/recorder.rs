//! Recorder: what probes tell, gathered over one statement and then handed to the capture.
//!
//! The recorder runs inside the user's program: it never raises, runs no code of the user's, holds no
//! reference to a value of theirs, and when it fails it says so once and lets go.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use clew_effects::{
    Catalog, Change, Confidence, Depth, Effects, ExternalState, Key as StatePart, Place, Resource,
};
use clew_graph::{SourceId, Timestamp};
use clew_session::{Bound as Binding, Changed, Entered, Outcome, SavedValue, StateKey};
use clew_syntax::{Lowering, StatementId};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::{self, How, Touch, UnknownCall, Written};
use crate::callee::{self, Callee, Namespace, Plan, Rules};
use crate::draws::{Drawn, Draws};
use crate::infer::{self, Inference, Inferred};
use crate::mentions::Mentions;
use crate::namespace::Mirror;
use crate::observe::{Before, Observer, Seen, Watch};
use crate::paths::GivenPath;
use crate::probe::{Action, Memory};
use crate::reach::{self, Address, End, Walk};
use crate::settings::{self, Settings};
use crate::turns::{self, Turning};

/// A function of the session that was entered.
pub(crate) type Entrance = Entered;

/// The arguments of a call, as vectorcall passes them.
pub(crate) struct CallArguments {
    pub(crate) arguments: *const *mut ffi::PyObject,
    pub(crate) count: usize,
    /// A tuple of names or null; their values follow the positional ones.
    pub(crate) keywords: *mut ffi::PyObject,
}

impl CallArguments {
    /// What is passed at a position.
    pub(crate) fn positional(&self, at: usize) -> Option<*mut ffi::PyObject> {
        // SAFETY: the vectorcall protocol promises `count` arguments.
        (at < self.count).then(|| unsafe { *self.arguments.add(at) })
    }

    /// How many arguments there are and a number for which keywords.
    pub(crate) fn shape(&self) -> (usize, usize) {
        let keywords = (0..self.keyword_count()).fold(0_usize, |hash, at| {
            // SAFETY: the vectorcall protocol promises a tuple; names in it are interned.
            let name = unsafe { ffi::PyTuple_GET_ITEM(self.keywords, at as ffi::Py_ssize_t) };
            hash.rotate_left(5).wrapping_mul(31).wrapping_add(name as usize)
        });
        (self.count, keywords)
    }

    pub(crate) fn keyword_count(&self) -> usize {
        if self.keywords.is_null() {
            return 0;
        }
        // SAFETY: the vectorcall protocol promises a tuple.
        unsafe { ffi::PyTuple_GET_SIZE(self.keywords) as usize }
    }

    /// What is passed by a keyword.
    pub(crate) fn keyword(&self, name: &str) -> Option<*mut ffi::PyObject> {
        // SAFETY: as above; the tuple holds strings, one for each value after the positional ones.
        (0..self.keyword_count()).find_map(|at| unsafe {
            let key = ffi::PyTuple_GET_ITEM(self.keywords, at as ffi::Py_ssize_t);
            (callee::text(key).as_deref() == Some(name))
                .then(|| *self.arguments.add(self.count + at))
        })
    }

    /// Everything that is passed.
    pub(crate) fn all(&self) -> impl Iterator<Item = *mut ffi::PyObject> + '_ {
        // SAFETY: as above.
        (0..self.count + self.keyword_count()).map(|at| unsafe { *self.arguments.add(at) })
    }
}

/// What is done with each finished statement.
pub(crate) trait Sink {
    /// Takes the outcome of a statement; what it could not do with it comes back as words.
    fn record(&mut self, outcome: &Outcome) -> Result<(), String>;
    /// The statement's lowering and names.
    fn unit(&self, source: SourceId) -> Option<std::sync::Arc<clew_syntax::Unit>>;
    /// Says something about clew itself, once.
    fn fault(&mut self, message: &str);
    /// What is behind it.
    fn into_recording(self: Box<Self>) -> Box<dyn crate::Recording>;
}

struct Current {
    source: SourceId,
    statement: StatementId,
    start: Timestamp,
    /// Whether it is a `with` whose body has come to its end, and what happens now is its leaving.
    leaving: bool,
}

/// Gathers what happens while a statement runs.
pub(crate) struct Recorder {
    sink: Box<dyn Sink>,
    namespace: *mut ffi::PyObject,
    borders: FxHashSet<Address>,
    rules: Rules,
    mirror: Mirror,
    current: Option<Current>,
    // What the statement at hand did so far.
    changed: FxHashMap<Address, Cause>,
    entered: Vec<Entered>,
    entered_seen: FxHashSet<(SourceId, Option<usize>)>,
    states_read: Vec<StateKey>,
    states_written: Vec<(StateKey, bool)>,
    states_seen: FxHashSet<(StateKey, Option<bool>)>,
    calls: Vec<String>,
    read: Vec<String>,
    saved: Vec<(SavedValue, Address)>,
    namespace_given: usize,
    namespace_stored: usize,
    namespace_open: bool,
    environ_stored: bool,
    reads_everything: bool,
    everything_changed: Option<Cause>,
    unknown: Option<String>,
    // Changed objects that no variable leads to, such as the generator inside `random`.
    hidden: FxHashSet<Address>,
    hidden_candidates: FxHashSet<Address>,
    // Generators that came of calls of which nothing is known: what they do when they go on, to what
    // they were given, is not known either.
    unknown_generators: FxHashSet<Address>,
    // Values whose change is a change of a resource: open files.
    handles: FxHashMap<Address, StateKey>,
    // What the threads and processes that were started can get at.
    running: FxHashMap<Address, Vec<Address>>,
    // Whether pandas copies what is shared before it changes it.
    copies_on_write: bool,
    // What was changed in libraries that later calls obey.
    settings: Settings,
    // What the statement at hand changed deeply, how often, and when it is walked through again.
    deep: FxHashMap<Address, Vec<Deep>>,
    // What is said of changes by an assignment.
    assignment: Cause,
    // What calls read and change of external states was noted already in this statement.
    noted: FxHashSet<(*const Effects, i32)>,
    // How many objects were looked at for deep changes in the statement at hand.
    walked: usize,
    // How long each `defaultdict` was when last looked at.
    lengths: FxHashMap<Address, isize>,
    observer: Observer,
    inference: Inference,
    // The external states that the program changed so far.
    written: Written,
    draws: Draws,
    // What audit events told of the statement at hand: the states that no rule named, how many files
    // were touched, and whether environment variables were set.
    heard: FxHashSet<String>,
    files_heard: usize,
    environment_heard: bool,
    // Each with whether it was not there before.
    variables_set: FxHashMap<String, bool>,
    imports_packages: bool,
    // Whether the statement at hand made a call that no rule speaks of.
    called_unknown: bool,
    paths_looked_at: usize,
    mentions: Mentions,
    // The database that a connection is being made to.
    connecting: Option<String>,
    turns: Turning,
}

/// An object that was changed deeply, several times in one part of a statement.
struct Deep {
    spot: i32,
    times: usize,
    next: usize,
    by: Cause,
}

/// What changed an object, and how that is known.
#[derive(Clone)]
struct Cause {
    by: Rc<str>,
    confidence: Confidence,
}

struct Slot(UnsafeCell<Option<Recorder>>);

// SAFETY: every access goes through `with`, under the GIL, and `BUSY` keeps a second one out.
unsafe impl Sync for Slot {}

static RECORDER: Slot = Slot(UnsafeCell::new(None));
static BUSY: AtomicBool = AtomicBool::new(false);
static ACTIVE: AtomicBool = AtomicBool::new(false);
static EPOCH: AtomicU64 = AtomicU64::new(1);
static FILES_WRITTEN: AtomicBool = AtomicBool::new(false);
static ENVIRONMENT_WRITTEN: AtomicBool = AtomicBool::new(false);

/// The code objects of the session.
struct SessionCode(UnsafeCell<Option<FxHashSet<Address>>>);

// SAFETY: only touched under the GIL, by functions that do not call back.
unsafe impl Sync for SessionCode {}

static CODE: SessionCode = SessionCode(UnsafeCell::new(None));
static STATEFUL: SessionCode = SessionCode(UnsafeCell::new(None));

/// Counts statements; a probe that told its news in this one need not tell it again.
pub(crate) fn epoch() -> u64 {
    EPOCH.load(Ordering::Relaxed)
}

/// Remembers a code object of the session; it is kept alive, so that its address stays its own.
pub(crate) fn add_session_code(code: &Bound<'_, PyAny>) {
    let address = code.as_ptr() as Address;
    // SAFETY: the GIL is held and nothing here calls back.
    unsafe {
        let codes = (*CODE.0.get()).get_or_insert_with(FxHashSet::default);
        if codes.insert(address) {
            std::mem::forget(code.clone().unbind());
        }
    }
}

/// Remembers that a function's code binds variables of a function around it.
pub(crate) fn add_stateful_code(code: &Bound<'_, PyAny>) {
    // SAFETY: as for `add_session_code`.
    unsafe {
        (*STATEFUL.0.get()).get_or_insert_with(FxHashSet::default).insert(code.as_ptr() as Address);
    }
}

fn is_stateful(code: Address) -> bool {
    // SAFETY: as for `session_code`.
    unsafe { (*STATEFUL.0.get()).as_ref().is_some_and(|codes| codes.contains(&code)) }
}

fn session_code() -> &'static FxHashSet<Address> {
    // SAFETY: as above; the set only grows, and not while a recorder function runs.
    unsafe { (*CODE.0.get()).get_or_insert_with(FxHashSet::default) }
}

/// Starts to record into a sink, for a program whose variables are in `namespace`.
pub(crate) fn start(
    sink: Box<dyn Sink>,
    namespace: &Bound<'_, pyo3::types::PyDict>,
    catalog: Catalog,
    annotations: bool,
    observe: f64,
) {
    let mut borders = FxHashSet::default();
    borders.insert(namespace.as_ptr() as Address);
    let mut mirror = Mirror::default();
    // SAFETY: the namespace is a live dictionary.
    unsafe { mirror.fill(namespace.as_ptr()) };
    let mut draws = Draws::default();
    // SAFETY: the GIL is held.
    unsafe { draws.look() };
    let recorder = Recorder {
        sink,
        namespace: namespace.as_ptr(),
        borders,
        rules: Rules::new(catalog, annotations),
        mirror,
        current: None,
        changed: FxHashMap::default(),
        entered: Vec::new(),
        entered_seen: FxHashSet::default(),
        states_read: Vec::new(),
        states_written: Vec::new(),
        states_seen: FxHashSet::default(),
        calls: Vec::new(),
        read: Vec::new(),
        saved: Vec::new(),
        namespace_given: 0,
        namespace_stored: 0,
        namespace_open: false,
        environ_stored: false,
        reads_everything: false,
        everything_changed: None,
        unknown: None,
        hidden: FxHashSet::default(),
        hidden_candidates: FxHashSet::default(),
        unknown_generators: FxHashSet::default(),
        handles: FxHashMap::default(),
        running: FxHashMap::default(),
        copies_on_write: false,
        settings: Settings::default(),
        lengths: FxHashMap::default(),
        observer: Observer::new(observe),
        inference: Inference::within(observe),
        turns: Turning::default(),
        deep: FxHashMap::default(),
        walked: 0,
        noted: FxHashSet::default(),
        assignment: cause("assignment", Confidence::Annotated),
        written: Written::default(),
        draws,
        heard: FxHashSet::default(),
        files_heard: 0,
        environment_heard: false,
        variables_set: FxHashMap::default(),
        imports_packages: false,
        called_unknown: false,
        paths_looked_at: 0,
        mentions: Mentions::default(),
        connecting: None,
    };
    // SAFETY: the GIL is held, and no recorder function is running.
    unsafe { *RECORDER.0.get() = Some(recorder) };
    FILES_WRITTEN.store(false, Ordering::Relaxed);
    ENVIRONMENT_WRITTEN.store(false, Ordering::Relaxed);
    ACTIVE.store(true, Ordering::Relaxed);
    audit::listen(true);
}

/// Ends the statement at hand and stops recording. The sink comes back.
pub(crate) fn stop(raised: bool) -> Option<Box<dyn Sink>> {
    audit::listen(false);
    with(|recorder| recorder.end_statement(raised));
    ACTIVE.store(false, Ordering::Relaxed);
    // SAFETY: as for `start`.
    unsafe { (*RECORDER.0.get()).take().map(|recorder| recorder.sink) }
}

/// Whether a program is being recorded.
pub fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// Runs `body` on the recorder, unless there is none, it is busy already (a probe was hit while
/// another one reports), or it failed before. A panic is a fault of clew's: said once, then the
/// program goes on unrecorded.
fn with<T>(body: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    if !ACTIVE.load(Ordering::Relaxed) || BUSY.swap(true, Ordering::Acquire) {
        return None;
    }
    // SAFETY: `BUSY` was free, so nobody else holds the recorder.
    let outcome =
        catch_unwind(AssertUnwindSafe(|| unsafe { (*RECORDER.0.get()).as_mut().map(body) }));
    BUSY.store(false, Ordering::Release);
    match outcome {
        Ok(value) => value,
        Err(_) => {
            ACTIVE.store(false, Ordering::Relaxed);
            // SAFETY: as above; the recorder is only told to report.
            if let Some(recorder) = unsafe { (*RECORDER.0.get()).as_mut() } {
                recorder.sink.fault("a fault inside the recorder; the program goes on unrecorded");
            }
            None
        }
    }
}

/// Whether a program is being recorded, and the recorder is not at work itself.
pub(crate) fn is_free() -> bool {
    ACTIVE.load(Ordering::Relaxed) && !BUSY.load(Ordering::Relaxed)
}

/// Whether the program changed any file so far.
pub(crate) fn files_written() -> bool {
    FILES_WRITTEN.load(Ordering::Relaxed)
}

/// Whether the program changed any environment variable so far.
pub(crate) fn environment_written() -> bool {
    ENVIRONMENT_WRITTEN.load(Ordering::Relaxed)
}

/// Something was heard while a statement runs.
pub(crate) fn heard(body: impl FnOnce(&mut Recorder)) {
    with(body);
}

/// A statement begins.
pub(crate) fn begin(source: SourceId, statement: StatementId) {
    with(|recorder| recorder.go_to(Current { source, statement, start: now(), leaving: false }));
}

/// The body of a `with` or `try` that is followed by its parts has come to its end.
pub(crate) fn body_ended(source: SourceId, statement: StatementId) {
    with(|recorder| recorder.go_to(Current { source, statement, start: now(), leaving: true }));
}

/// A function of the session was entered.
pub(crate) fn entered(entrance: Entrance) {
    with(|recorder| recorder.enter(entrance));
}

/// A value is about to be called; whether its call has to be seen with its arguments.
pub(crate) unsafe fn called(
    memory: &Memory,
    callable: *mut ffi::PyObject,
    root: *mut ffi::PyObject,
) -> bool {
    // SAFETY: the probe lends a live callable.
    unsafe {
        let callee = callee::describe(callable);
        if callee.key.0 != 0 && callee.key == memory.callee.get() {
            match memory.action.get() {
                Action::Pass => return false,
                Action::ChangeReceiver => {
                    if memory.told(callee.receiver) {
                        return false;
                    }
                }
                Action::ChangeCallee => {
                    if memory.told(callee.function()) {
                        return false;
                    }
                }
                Action::See if memory.asked.get() == epoch() => return is_active(),
                Action::See | Action::Ask => {}
            }
        }
        with(|recorder| recorder.call(memory, callable, &callee, root)).unwrap_or(false)
    }
}

/// A value is about to be iterated over.
pub(crate) unsafe fn iterated(memory: &Memory, value: *mut ffi::PyObject) {
    // SAFETY: the probe lends a live value.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        if kind == &raw mut ffi::PyList_Type
            || kind == &raw mut ffi::PyRange_Type
            || kind == &raw mut ffi::PyTuple_Type
            || kind == &raw mut ffi::PyDict_Type
            || kind == &raw mut ffi::PyUnicode_Type
        {
            return;
        }
        if memory.told(value) {
            return;
        }
        with(|recorder| recorder.consume(value));
        memory.tell(value);
    }
}

/// An attribute or item of a value is about to be set or deleted.
pub(crate) unsafe fn stored(memory: &Memory, value: *mut ffi::PyObject, root: *mut ffi::PyObject) {
    if memory.told(value) {
        return;
    }
    // SAFETY: the probe lends a live value.
    unsafe {
        // Most stores in a loop are to one new instance of a class of the program after the other.
        let key = callee::class_key(ffi::Py_TYPE(value), 6);
        if key.0 != 0 && key == memory.callee.get() {
            if memory.action.get() == Action::Pass {
                with(|recorder| recorder.change_plain(value));
                memory.tell(value);
                return;
            }
        } else {
            let plain = root.is_null() && callee::is_plain_instance(value);
            memory.callee.set(key);
            memory.action.set(if plain { Action::Pass } else { Action::Ask });
        }
        with(|recorder| recorder.store(value, root));
    }
    memory.tell(value);
}

/// An attribute or item of a value is about to be set by an in-place operator.
pub(crate) unsafe fn stored_augmented(memory: &Memory, value: *mut ffi::PyObject) {
    // What it holds may be another thing by now, though the value is the same.
    // SAFETY: the probe lends a live value.
    if memory.told(value)
        && !memory.holds_other(|visit| unsafe {
            crate::object::each_held(value, |held| {
                visit(if reach::changes_in_place(held) { held as Address } else { 0 });
            });
        })
    {
        return;
    }
    // SAFETY: as above.
    with(|recorder| unsafe {
        recorder.store(value, ptr::null_mut());
        recorder.change_children(value, &cause("in-place operator", Confidence::Annotated));
    });
    memory.tell(value);
}

/// A variable is about to be set by an in-place operator.
pub(crate) unsafe fn augmented(memory: &Memory, value: *mut ffi::PyObject) {
    // SAFETY: the probe lends a live value.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        if kind == &raw mut ffi::PyLong_Type
            || kind == &raw mut ffi::PyFloat_Type
            || kind == &raw mut ffi::PyUnicode_Type
            || memory.told(value)
        {
            return;
        }
        if reach::changes_in_place(value) {
            with(|recorder| {
                recorder.change(value, &cause("in-place operator", Confidence::Annotated));
            });
        }
        memory.tell(value);
    }
}

/// What a loop goes through is about to be asked for its elements.
pub(crate) unsafe fn goes_through(value: *mut ffi::PyObject) {
    // SAFETY: the probe lends a live value.
    with(|recorder| unsafe { recorder.turns.go_through(value, &recorder.borders) });
}

/// A value is about to be used as a context manager.
pub(crate) unsafe fn managed(value: *mut ffi::PyObject) {
    // SAFETY: the probe lends a live value.
    with(|recorder| unsafe {
        if reach::is_mutable(value) {
            recorder.change(value, &cause("with", Confidence::Annotated));
        }
    });
}

/// What a call that is under way will want to know when it returns.
pub(crate) struct Ticket {
    plan: Plan,
    /// What the result stands for.
    handle: Option<StateKey>,
    /// Whether the result is a new object, which may stand where another one was.
    makes_new: bool,
    /// What the call could reach, where it is watched.
    before: Option<Box<Before>>,
    /// Whether nothing about it is in doubt though no rule speaks of it.
    settled: bool,
    /// Where no rule speaks of it.
    unknown: Option<Unknown>,
}

/// A call that no rule speaks of.
struct Unknown {
    _call: UnknownCall,
    /// How many files the statement had touched before.
    files_heard: usize,
    /// The files that it was given by name.
    paths: Vec<GivenPath>,
}

/// A call is about to be made, with these arguments.
pub(crate) unsafe fn passing(
    callable: *mut ffi::PyObject,
    call: &CallArguments,
    root: *mut ffi::PyObject,
) -> Option<Ticket> {
    // SAFETY: the passage lends callable and arguments for the time of the call.
    with(|recorder| unsafe { recorder.pass(callable, call, root) }).flatten()
}

/// A call is about to be made whose arguments will not be seen: whatever the statement reads may
/// change, unless nothing does.
pub(crate) unsafe fn called_unseen(callable: *mut ffi::PyObject) {
    let none = CallArguments { arguments: ptr::null(), count: 0, keywords: ptr::null_mut() };
    // SAFETY: the probe lends a live callable, and no argument of none is looked at.
    with(|recorder| unsafe {
        let Some(ticket) = recorder.pass(callable, &none, ptr::null_mut()) else { return };
        if !ticket.plan.is_idle() || ticket.plan.iterates {
            let name = callee::display_name(&callee::describe(callable));
            recorder.change_everything(&cause(&name, Confidence::Assumed));
        }
    });
}

/// The call returned; `result` is null where it raised.
pub(crate) unsafe fn passed(
    ticket: Ticket,
    (callable, root): (*mut ffi::PyObject, *mut ffi::PyObject),
    call: &CallArguments,
    result: *mut ffi::PyObject,
) {
    let Ticket { plan, handle, makes_new, before, settled, unknown } = ticket;
    if let Some(before) = before {
        // SAFETY: the passage still lends callable and arguments.
        with(|recorder| unsafe {
            recorder.compare(*before, &plan, (callable, root), call, result)
        });
    }
    with(|recorder| {
        // A generator's body has not begun to run.
        let began = result.is_null()
            // SAFETY: the result is live.
            || unsafe { crate::object::generator_code(result) }.is_none();
        if let Some(unknown) = unknown.as_ref().filter(|_| began) {
            recorder.note_given_paths(&unknown.paths);
        }
        if unknown.as_ref().is_some_and(|unknown| recorder.files_heard > unknown.files_heard) {
            // SAFETY: the passage still lends callable and arguments.
            unsafe {
                let callee = callee::describe(callable);
                let mut values = vec![result, callee.receiver];
                values.extend(call.all());
                values.extend(crate::object::globals_of(callee.function()));
                recorder.adopt_files(&values);
            }
        }
        if plan.namespace == Namespace::Changed {
            recorder.namespace_open = true;
        }
        if result.is_null() {
            return;
        }
        if makes_new {
            recorder.deep.remove(&(result as Address));
        }
        // SAFETY: the result is live.
        if unsafe { crate::object::generator_code(result) }.is_some() {
            match plan.effects.confidence {
                Confidence::Assumed if !settled => {
                    recorder.unknown_generators.insert(result as Address)
                }
                _ => recorder.unknown_generators.remove(&(result as Address)),
            };
        }
        match handle {
            Some(key) => {
                // SAFETY: the result is live.
                for part in unsafe { crate::object::parts_of(result) } {
                    recorder.handles.insert(part as Address, key.clone());
                }
            }
            // A new value may be where an open file was.
            None if is_new(&plan, result) => {
                recorder.handles.remove(&(result as Address));
            }
            None => {}
        }
    });
}

/// Whether what a call gave was made by it.
fn is_new(plan: &Plan, result: *mut ffi::PyObject) -> bool {
    let shares = |change: &Change| matches!(change, Change::Views(_));
    // SAFETY: the caller lends a live object, and is the only one to hold it where the count is one.
    let only = cfg!(not(Py_3_14)) && unsafe { ffi::Py_REFCNT(result) } == 1;
    only || !plan.effects.changes.iter().any(shares)
}

/// Tells the recorder, if there is one, that an artifact was saved from a value.
pub fn note_saved(name: &str, version: u32, value: &Bound<'_, PyAny>) {
    with(|recorder| {
        // SAFETY: the value is live. Equal numbers and texts may be one object, so that of those
        // the address says nothing; the text of the statement will.
        let variable = if unsafe { reach::is_mutable(value.as_ptr()) } {
            recorder.mirror.name_of(recorder.namespace, value.as_ptr())
        } else {
            None
        };
        let saved = SavedValue { name: name.to_owned(), version, variable };
        recorder.saved.push((saved, value.as_ptr() as Address));
    });
}

/// The step whose value an object is known to be before the statement at hand has ended: that of a
/// variable that it is bound to.
pub fn variable_of(value: &Bound<'_, PyAny>) -> Option<String> {
    with(|recorder| {
        // SAFETY: the value is live.
        unsafe { reach::is_mutable(value.as_ptr()) }
            .then(|| recorder.mirror.name_of(recorder.namespace, value.as_ptr()))
            .flatten()
    })
    .flatten()
}

fn cause(by: &str, confidence: Confidence) -> Cause {
    Cause { by: Rc::from(by), confidence }
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_micros() as i64)
}

impl Recorder {
    /// Notes that the statement at hand reads a state.
    fn reads_state(&mut self, key: StateKey) {
        self.turns.state(&key, None);
        if self.states_seen.insert((key.clone(), None)) {
            self.states_read.push(key);
        }
    }

    /// Notes that the statement at hand changes a state, and whether it makes it anew.
    fn writes_state(&mut self, (key, anew): (StateKey, bool)) {
        self.turns.state(&key, Some(anew));
        self.settings.change(&key);
        self.written.insert(&key);
        FILES_WRITTEN.store(self.written.any_of("file_system"), Ordering::Relaxed);
        ENVIRONMENT_WRITTEN.store(self.written.any_of("environment"), Ordering::Relaxed);
        if self.states_seen.insert((key.clone(), Some(anew))) {
            self.states_written.push((key, anew));
        }
    }

    /// Notes what an audit event tells, where rules have not said it already.
    pub(crate) fn touch(&mut self, touches: Vec<Touch>) {
        /// How many files a statement may touch before it is their folders that count.
        const MOST: usize = 4_096;
        let notes = |key: &StateKey, state: &str| key.state == state;
        for Touch { mut key, how, always } in touches {
            if !always {
                let known = self.states_read.iter().any(|known| notes(known, &key.state))
                    || self.states_written.iter().any(|(known, _)| notes(known, &key.state));
                if known && !self.heard.contains(&key.state) {
                    continue;
                }
                self.heard.insert(key.state.clone());
            }
            if key.state == "file_system" && key.part.is_some() {
                if self.files_heard > MOST {
                    let folder = |part: String| {
                        std::path::Path::new(&part)
                            .parent()
                            .map_or(part.clone(), |folder| folder.to_string_lossy().into_owned())
                    };
                    key.part = key.part.map(folder);
                }
                if matches!(how, How::Writes { .. }) {
                    self.files_heard += 1;
                }
            }
            match how {
                How::Reads => {
                    // What the statement itself made anew hangs on nothing before it.
                    let own = self.states_seen.contains(&(key.clone(), Some(true)));
                    if !own && self.written.shows_in(&key) {
                        self.reads_state(key);
                    }
                }
                How::Writes { anew } => self.writes_state((key, anew)),
            }
        }
    }

    /// A whole package is imported for the first time that does not come with Python.
    pub(crate) fn imports(&mut self) {
        self.imports_packages = true;
    }

    /// An environment variable is set: one that is not there yet, or to what it is already.
    pub(crate) fn variable_set(&mut self, name: String, anew: bool, same: bool) {
        self.environment_heard = true;
        if !same {
            self.variables_set.entry(name).or_insert(anew);
        }
    }

    /// An environment variable is taken away.
    pub(crate) fn variable_taken_away(&mut self, name: String) {
        self.environment_heard = true;
        // What was there for a part of the statement only is no change.
        if self.variables_set.remove(&name) != Some(true) {
            self.reads_state(StateKey::part("environment", name.clone()));
            self.variables_set.insert(name, false);
        }
    }

    /// Notes which environment variables the statement at hand set, and whether what it imported may
    /// have read any.
    fn note_environment(&mut self, imports: bool) {
        if self.imports_packages && (imports || self.called_unknown) {
            self.reads_state(StateKey::whole("environment"));
        }
        for (name, _) in std::mem::take(&mut self.variables_set) {
            self.writes_state((StateKey::part("environment", name), true));
        }
    }

    /// A connection is being made to a database.
    pub(crate) fn connects_to(&mut self, database: Option<String>) {
        self.connecting = database;
    }

    /// The connection is there.
    pub(crate) fn connected(&mut self, connection: *mut ffi::PyObject) {
        if let Some(database) = self.connecting.take() {
            self.handles.insert(connection as Address, StateKey::part("db", database));
        }
    }

    /// What is to be known when a call has returned that no rule speaks of.
    unsafe fn unknown_call(&mut self, callee: &Callee, call: &CallArguments) -> Unknown {
        /// How many paths are looked at in one statement.
        const MOST: usize = 2_000;
        let mut paths = Vec::new();
        // SAFETY: handed on from `pass`.
        unsafe {
            if environment_written()
                && let Some(module) = callee::module_of(callee.function())
                && self.mentions.environment(&callee::top_level(&module))
            {
                self.reads_state(StateKey::whole("environment"));
            }
            if self.paths_looked_at < MOST && !call.arguments.is_null() {
                paths.extend(call.all().filter_map(|value| GivenPath::of(value)));
                self.paths_looked_at += paths.len();
            }
        }
        Unknown { _call: UnknownCall::begin(), files_heard: self.files_heard, paths }
    }

    /// Notes what became of files that a call was given by name and that no event told of: C does
    /// with them what it likes.
    fn note_given_paths(&mut self, paths: &[GivenPath]) {
        for given in paths {
            let key = StateKey::part("file_system", given.path.clone());
            let seen = |how| self.states_seen.contains(&(key.clone(), how));
            let written = seen(Some(true)) || seen(Some(false));
            if written {
                continue;
            }
            if given.was_there() && !seen(None) && self.written.shows_in(&key) {
                self.reads_state(key.clone());
            }
            if given.changed() {
                self.writes_state((key, false));
            }
        }
    }

    /// Remembers the files that the statement at hand opened for writing and that these values hold,
    /// so that a change of the one is seen as a change of the other.
    unsafe fn adopt_files(&mut self, values: &[*mut ffi::PyObject]) {
        // SAFETY: handed on from the caller, which lends live values or null.
        let files = unsafe { crate::object::open_files(values, &self.borders) };
        for (handle, path) in files {
            let here = std::env::current_dir().unwrap_or_default();
            let key = StateKey::part("file_system", normal_path(&here.join(path)));
            let written = |anew| self.states_seen.contains(&(key.clone(), Some(anew)));
            if written(true) || written(false) {
                self.handles.entry(handle).or_insert(key);
            }
        }
    }

    /// Notes which hidden random generators the statement at hand drew from or seeded, where no rule
    /// said that it did.
    unsafe fn note_draws(&mut self) {
        // SAFETY: handed on from the caller, which holds the GIL.
        for (state, drawn) in unsafe { self.draws.look() } {
            let key = StateKey::whole(state);
            let told = self.states_written.iter().any(|(written, _)| *written == key);
            // A generator that was just imported is nobody's work, unless an unknown call seeded it.
            if told || (drawn == Drawn::Appeared && !self.called_unknown) {
                continue;
            }
            if drawn == Drawn::Moved {
                self.reads_state(key.clone());
            }
            self.writes_state((key, false));
        }
    }

    /// Notes what was drawn in this statement from a generator that is about to be seeded.
    unsafe fn note_draws_before(&mut self, key: &StateKey) {
        // SAFETY: as above.
        let drawn = self.states_written.iter().all(|(written, _)| written != key)
            && unsafe { self.draws.moved(&key.state) };
        if drawn {
            self.reads_state(key.clone());
            self.writes_state((key.clone(), false));
        }
    }

    fn enter(&mut self, entrance: Entrance) {
        self.turns.enter(entrance);
        if self.entered_seen.insert((entrance.source, entrance.scope)) {
            self.entered.push(entrance);
            let binds = self
                .sink
                .unit(entrance.source)
                .and_then(|unit| {
                    unit.scopes().get(entrance.scope?).map(|scope| !scope.binds.is_empty())
                })
                .unwrap_or(true);
            if binds {
                self.namespace_open = true;
            }
        }
    }

    unsafe fn call(
        &mut self,
        memory: &Memory,
        callable: *mut ffi::PyObject,
        callee: &Callee,
        root: *mut ffi::PyObject,
    ) -> bool {
        self.turns.see();
        // SAFETY: handed on from the probe, under the GIL.
        unsafe {
            let py = Python::assume_attached();
            let asked_before = memory.asked.replace(epoch()) == epoch()
                && callee.key.0 != 0
                && memory.callee.get() == callee.key;
            if !asked_before && self.calls.len() < 64 {
                let name = callee::display_name(callee);
                if !self.calls.contains(&name) {
                    self.calls.push(name);
                }
            }
            memory.callee.set(callee.key);
            memory.action.set(Action::Ask);
            // Nothing is settled before the arguments are seen where a rule asks about them.
            if self.rules.is_session(py, callee, session_code(), self.namespace) {
                let stateful = callee.code().is_some_and(is_stateful);
                if callee.key.0 != 0 {
                    let action = if stateful { Action::ChangeCallee } else { Action::Pass };
                    memory.action.set(action);
                }
                if stateful {
                    memory.tell(callee.function());
                    let by = cause(&callee::display_name(callee), Confidence::Annotated);
                    self.change(callee.function(), &by);
                }
                return false;
            }
            // What a rule says may hang on how the callee is called; only a few are plain enough.
            if !callee.is_plain() {
                memory.action.set(Action::See);
                return true;
            }
            let plan = self.rules.plan(py, callee, None, session_code(), self.namespace);
            if plan.is_idle() && !plan.iterates {
                if callee.key.0 != 0 && self.hidden.is_empty() {
                    memory.action.set(Action::Pass);
                }
                if !self.hidden.is_empty() {
                    self.read_hidden(callee.receiver);
                }
                return false;
            }
            if plan.changes_receiver_only() && !plan.iterates && !callee.receiver.is_null() {
                memory.action.set(Action::ChangeReceiver);
                memory.tell(callee.receiver);
                let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
                self.change_found(callee.receiver, &by, root);
                return false;
            }
            let _ = callable;
            true
        }
    }

    unsafe fn pass(
        &mut self,
        callable: *mut ffi::PyObject,
        call: &CallArguments,
        root: *mut ffi::PyObject,
    ) -> Option<Ticket> {
        // SAFETY: handed on from the passage, under the GIL.
        unsafe {
            let py = Python::assume_attached();
            let callee = callee::describe(callable);
            let plan = self.rules.plan(py, &callee, Some(call), session_code(), self.namespace);
            let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
            match plan.namespace {
                Namespace::Untouched => {}
                Namespace::Given => {
                    self.namespace_given += 1;
                    self.namespace_open = true;
                }
                Namespace::Evaluated => {
                    self.namespace_open = true;
                    self.evaluate(call);
                }
                Namespace::Changed => {
                    self.namespace_open = true;
                    self.reads_everything = true;
                    // Nothing in it tells which of the variables' values it changes.
                    self.change_everything(&by);
                }
            }
            if !self.hidden.is_empty() {
                self.read_hidden(callee.receiver);
                for value in call.all() {
                    self.read_hidden(value);
                }
            }
            let receiver = callee.receiver;
            let mut handle = None;
            // States whose parts hang on no argument are the same each time.
            let noted = plan.has_fixed_states
                && !self.noted.insert((Rc::as_ptr(&plan.effects), turns::spot()));
            let watched = plan.effects.confidence == Confidence::Assumed
                && plan.namespace == Namespace::Untouched;
            let inferred = if watched {
                let callable = (callable, &callee);
                self.inference.infer(&mut self.rules, py, callable, call, session_code())
            } else {
                None
            };
            // What may change by the text is seen to change or not where that can be afforded.
            let settled = inferred.as_ref().is_some_and(|inferred| inferred.is_settled());
            let pure = settled
                && self.handles.is_empty()
                && inferred.as_ref().is_some_and(|it| it.changes.is_empty());
            let watch = match watched && !pure {
                true => self.watch(&callee, call),
                false => Watch::Assumed,
            };
            if let Some(inferred) = &inferred {
                let seen = matches!(watch, Watch::Watched(_));
                self.infer(inferred, &infer::roots(&callee, call), &plan, seen);
            }
            let assumed = matches!(watch, Watch::Assumed)
                && inferred.as_ref().is_none_or(|inferred| inferred.everything);
            for change in &plan.effects.changes {
                match change {
                    Change::Mutates { .. } if !assumed => {}
                    Change::Mutates { place, depth } => {
                        self.each(place, receiver, call, |recorder, value, found| {
                            recorder.mutate(
                                value,
                                *depth,
                                &by,
                                if found { root } else { ptr::null_mut() },
                            );
                        });
                    }
                    Change::Consumes(place) => {
                        self.each(place, receiver, call, |recorder, value, _| {
                            recorder.consume(value);
                        });
                    }
                    Change::Views(_) => {}
                    // What it is given belongs to the program, whatever else looks at it.
                    Change::Handle { place: Place::Result, resource } => {
                        handle = Some(self.state_key(resource, receiver, call));
                    }
                    Change::Handle { .. } => {}
                    Change::Reads(_) | Change::Writes(_) if noted => {}
                    // Many estimators draw for some of their settings only; the generator tells.
                    Change::Reads(resource) | Change::Writes(resource)
                        if plan.draws
                            && resource.state == ExternalState::NumpyRandom
                            && self.draws.sees("numpy_random") => {}
                    Change::Reads(resource) => {
                        let key = self.state_key(resource, receiver, call);
                        self.reads_state(key);
                    }
                    Change::Writes(resource) => {
                        let key = self.state_key(resource, receiver, call);
                        let mode = call.positional(1).or_else(|| call.keyword("mode"));
                        let mode = mode.and_then(|mode| callee::text(mode));
                        let anew = makes_anew(&by.by, mode.as_deref());
                        if anew {
                            self.note_draws_before(&key);
                        }
                        self.writes_state((key, anew));
                    }
                }
            }
            let known = inferred.as_ref().is_some_and(|inferred| !inferred.everything);
            for &address in plan.footprint.iter() {
                if !known {
                    self.reads_state(hidden_key(address));
                    self.writes_state((hidden_key(address), false));
                    self.hidden.insert(address);
                }
                if let Some(key) = self.handles.get(&address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
            }
            if plan.iterates {
                for value in call.all() {
                    self.consume(value);
                }
            }
            // What a class is given to make an instance of is not called yet.
            if ffi::PyType_Check(callable) == 0 {
                for value in call.all() {
                    if (*ffi::Py_TYPE(value)).tp_call.is_some() {
                        self.call_back(py, value);
                    }
                }
            }
            let makes_new = ffi::PyType_Check(callable) != 0 && !self.deep.is_empty();
            let before = match watch {
                Watch::Watched(before) => Some(before),
                Watch::Assumed => None,
            };
            let unknown = plan.effects.confidence != Confidence::Annotated;
            self.called_unknown |= unknown;
            if handle.is_none()
                && before.is_none()
                // What is not seen is asked about by the caller.
                && !call.arguments.is_null()
                && !unknown
                && self.unknown_generators.is_empty()
                && !makes_new
                && plan.namespace == Namespace::Untouched
                && self.handles.is_empty()
            {
                return None;
            }
            let unknown = unknown.then(|| self.unknown_call(&callee, call));
            Some(Ticket { plan, handle, makes_new, before, settled, unknown })
        }
    }

    /// Notes what a call is inferred to do; to what it is given only where that is not seen.
    unsafe fn infer(
        &mut self,
        inferred: &Inferred,
        roots: &[*mut ffi::PyObject],
        plan: &Plan,
        seen: bool,
    ) {
        // SAFETY: the call lends its receiver and arguments.
        unsafe {
            for (targets, confidence) in
                [(&inferred.changes, Confidence::Inferred), (&inferred.doubts, Confidence::Assumed)]
            {
                if seen {
                    break;
                }
                let by = Cause { by: Rc::clone(&plan.name), confidence };
                for target in targets {
                    let value = target.find(roots);
                    let depth = if target.deep { Depth::Deep } else { Depth::Shallow };
                    if !value.is_null() {
                        self.mutate(value, depth, &by, ptr::null_mut());
                    } else if !roots[target.root].is_null() {
                        // It was replaced meanwhile.
                        self.mutate(roots[target.root], Depth::Deep, &by, ptr::null_mut());
                    }
                }
            }
            let variable = |(namespace, name): &(Address, Rc<str>)| {
                StateKey::part("object", format!("{namespace:x}.{name}"))
            };
            for &address in inferred.reads.iter().chain(&inferred.writes) {
                self.reads_state(hidden_key(address));
            }
            for &address in &inferred.writes {
                let by = Cause { by: Rc::clone(&plan.name), confidence: Confidence::Inferred };
                self.mark(address, &by);
                self.writes_state((hidden_key(address), false));
                self.hidden.insert(address);
            }
            for read in &inferred.variables_read {
                self.reads_state(variable(read));
            }
            for bound in &inferred.variables_bound {
                self.reads_state(variable(bound));
                self.writes_state((variable(bound), false));
            }
            for (state, written) in &inferred.states {
                let key = StateKey::whole(state.to_string());
                match written {
                    true => self.writes_state((key, false)),
                    false => self.reads_state(key),
                }
            }
        }
    }

    /// Looks at what a call can reach of which nothing is known.
    unsafe fn watch(&mut self, callee: &Callee, call: &CallArguments) -> Watch {
        // SAFETY: handed on from `pass`.
        unsafe {
            let places: Vec<*mut ffi::PyObject> =
                std::iter::once(callee.receiver).chain(call.all()).collect();
            let mutable = places.iter().any(|&value| !value.is_null() && reach::is_mutable(value));
            // Arguments that are not seen cannot be watched.
            if !mutable || call.arguments.is_null() {
                return Watch::Assumed;
            }
            self.observer.before(&places, &self.borders, epoch())
        }
    }

    /// Marks what a watched call is seen to have changed.
    unsafe fn compare(
        &mut self,
        before: Before,
        plan: &Plan,
        (callable, root): (*mut ffi::PyObject, *mut ffi::PyObject),
        call: &CallArguments,
        result: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from `passed`.
        unsafe {
            let callee = callee::describe(callable);
            let places: Vec<*mut ffi::PyObject> =
                std::iter::once(callee.receiver).chain(call.all()).collect();
            let seen = self.observer.after(before, &places, result, &self.borders, epoch());
            let marks = match seen {
                Seen::Changed(marks) => marks,
                Seen::Unclear(all) => all.into_iter().map(|address| (address, true)).collect(),
            };
            for (address, assumed) in marks {
                let confidence = if assumed { Confidence::Assumed } else { Confidence::Observed };
                let by = Cause { by: Rc::clone(&plan.name), confidence };
                if address == callee.receiver as Address {
                    self.change_found(callee.receiver, &by, root);
                    continue;
                }
                self.mark(address, &by);
                if let Some(key) = self.handles.get(&address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
                if self.hidden.contains(&address) {
                    self.writes_state((hidden_key(address), false));
                }
                if address == self.namespace as Address {
                    self.namespace_open = true;
                }
            }
        }
    }

    /// A callable that is handed to a call, or that an iterator calls, is taken to be called:
    /// `a.append` in `map(a.append, xs)`. Functions of the session tell of themselves when they
    /// are entered, except that they keep state.
    unsafe fn call_back(&mut self, py: Python<'_>, value: *mut ffi::PyObject) {
        // SAFETY: handed on from the caller.
        unsafe {
            let callee = callee::describe(value);
            if let Some(code) = callee.code()
                && is_stateful(code)
            {
                let by = cause(&callee::display_name(&callee), Confidence::Assumed);
                self.change(callee.function(), &by);
            }
            if !callee.is_bound_builtin() {
                return;
            }
            let plan = self.rules.plan(py, &callee, None, session_code(), self.namespace);
            let by = cause(&callee::display_name(&callee), Confidence::Assumed);
            for change in &plan.effects.changes {
                if let Change::Mutates { place: Place::Receiver, depth } = change {
                    self.mutate(callee.receiver, *depth, &by, ptr::null_mut());
                }
            }
        }
    }

    /// The values that a place of a call stands for.
    unsafe fn each(
        &mut self,
        place: &Place,
        receiver: *mut ffi::PyObject,
        call: &CallArguments,
        mut body: impl FnMut(&mut Self, *mut ffi::PyObject, bool),
    ) {
        match place {
            Place::Receiver => {
                if !receiver.is_null() {
                    body(self, receiver, true);
                }
            }
            Place::Positional(at) => {
                if let Some(value) = call.positional(*at as usize) {
                    body(self, value, false);
                }
            }
            Place::Keyword(name) => {
                if let Some(value) = call.keyword(name) {
                    body(self, value, false);
                }
            }
            Place::AllPositional => {
                for at in 0..call.count {
                    if let Some(value) = call.positional(at) {
                        body(self, value, false);
                    }
                }
            }
            Place::AllArguments => {
                for value in call.all().collect::<Vec<_>>() {
                    body(self, value, false);
                }
            }
            Place::Result => {}
        }
    }

    fn state_key(
        &self,
        resource: &Resource,
        receiver: *mut ffi::PyObject,
        call: &CallArguments,
    ) -> StateKey {
        let state = resource.state.to_string();
        let part = match &resource.key {
            None => None,
            Some(StatePart::Name(name)) => Some(name.clone()),
            Some(StatePart::Place(place)) => {
                let value = match place {
                    Place::Receiver => (!receiver.is_null()).then_some(receiver),
                    Place::Positional(at) => call.positional(*at as usize),
                    Place::Keyword(name) => call.keyword(name),
                    _ => None,
                };
                // SAFETY: the call lends its arguments for as long as it lasts.
                value.and_then(|value| unsafe { self.part_of(&state, value) })
            }
        };
        StateKey { state, part }
    }

    /// A value as the name of a part of a state: a path made absolute, a string as it is.
    unsafe fn part_of(&self, state: &str, value: *mut ffi::PyObject) -> Option<String> {
        // SAFETY: handed on from the caller.
        unsafe {
            if let Some(key) = self.handles.get(&(value as Address)) {
                return key.part.clone();
            }
            let text = callee::text(value).or_else(|| crate::object::path_text(value))?;
            if state == "file_system" {
                let here = std::env::current_dir().unwrap_or_default();
                return Some(normal_path(&here.join(text)));
            }
            Some(text)
        }
    }

    /// Marks a value as changed, and all that it reaches where the change goes deep.
    unsafe fn mutate(
        &mut self,
        value: *mut ffi::PyObject,
        depth: Depth,
        by: &Cause,
        root: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller.
        unsafe {
            if !reach::is_mutable(value) {
                return;
            }
            if ffi::PyModule_Check(value) != 0 {
                // A module is a state of its own; functions taken from it do not change it.
                return;
            }
            self.change_found(value, by, root);
            if depth == Depth::Deep {
                self.change_reach(value, by);
            }
        }
    }

    unsafe fn change_reach(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyType_Check(value) != 0 || ffi::Py_TYPE(value) == &raw mut ffi::PyFunction_Type
            {
                return;
            }
            // In a loop the same object comes again and again, and grows. It is walked through at
            // the first time, the second, the fourth and so on, and once more at the end.
            let spot = turns::spot();
            let known = self.deep.entry(value as Address).or_default();
            let at = known.iter().position(|deep| deep.spot == spot).unwrap_or(known.len());
            if at == known.len() {
                known.push(Deep { spot, times: 0, next: 1, by: by.clone() });
            }
            let deep = &mut known[at];
            deep.times += 1;
            if deep.times < deep.next {
                return;
            }
            deep.next = deep.times * 2;
            self.walk_changed(value, by);
        }
    }

    unsafe fn walk_changed(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        /// How many objects are looked at before the worst is assumed.
        const BUDGET: usize = 200_000;
        /// The same for all the walks of a statement.
        const MOST: usize = 1_000_000;
        if self.walked > MOST {
            self.change_everything(by);
            return;
        }
        // SAFETY: handed on from the caller.
        unsafe {
            if self.copies_on_write
                && let Some(parts) = crate::object::pandas_parts(value)
            {
                for part in parts {
                    self.mark(part as Address, by);
                }
                return;
            }
            let mut seen = FxHashSet::default();
            let mut found = Vec::new();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let end = walk.run(value, &mut seen, &mut |object| {
                if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                    found.push(object as Address);
                }
                true
            });
            self.walked += BUDGET - walk.budget;
            for address in &found {
                if let Some(key) = self.handles.get(address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
            }
            if crate::object::runs_behind(value) {
                // What a thread was given is no longer to be seen when it has ended.
                let remembered = self.running.entry(value as Address).or_default();
                remembered.extend(&found);
                found.clone_from(remembered);
            }
            for address in found {
                self.mark(address, by);
            }
            if end == End::OverBudget {
                self.change_everything(by);
            }
        }
    }

    /// Gives up on finding what a call changed: all that the statement can get at may be.
    fn change_everything(&mut self, by: &Cause) {
        self.everything_changed.get_or_insert_with(|| Cause {
            by: Rc::clone(&by.by),
            confidence: Confidence::Assumed,
        });
    }

    /// Remembers that what is at an address changed.
    fn mark(&mut self, address: Address, by: &Cause) {
        self.changed.entry(address).or_insert_with(|| by.clone());
        self.turns.mark(address);
    }

    /// Marks an object as changed.
    unsafe fn change(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller.
        let owner = unsafe { reach::memory_owner(value) };
        self.mark(value as Address, by);
        if owner != value {
            self.mark(owner as Address, by);
        }
        if let Some(key) = self.handles.get(&(value as Address)) {
            self.writes_state((key.clone(), false));
        }
        if value == self.namespace {
            self.namespace_open = true;
        }
    }

    /// Marks an object as changed that was found by way of a name: where that name is a module,
    /// no variable may lead to the object.
    unsafe fn change_found(
        &mut self,
        value: *mut ffi::PyObject,
        by: &Cause,
        root: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller; the namespace lends what it holds.
        unsafe {
            self.change(value, by);
            if self.hidden.contains(&(value as Address)) {
                self.reads_state(hidden_key(value as Address));
                self.writes_state((hidden_key(value as Address), false));
            } else if !root.is_null() {
                let module = ffi::PyDict_GetItem(self.namespace, root);
                if !module.is_null() && ffi::PyModule_Check(module) != 0 {
                    self.hidden_candidates.insert(value as Address);
                }
            }
        }
    }

    /// Marks what a value holds itself as changed: one of its attributes or items is about to be,
    /// and it is not known which.
    unsafe fn change_children(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller.
        unsafe {
            crate::object::each_held(value, |held| {
                if reach::changes_in_place(held) {
                    self.change(held, by);
                }
            });
        }
    }

    /// Marks an instance of a class of the program as changed by an assignment.
    fn change_plain(&mut self, value: *mut ffi::PyObject) {
        let by = &self.assignment;
        self.changed.entry(value as Address).or_insert_with(|| by.clone());
        self.turns.mark(value as Address);
        if !self.handles.is_empty()
            && let Some(key) = self.handles.get(&(value as Address))
        {
            self.writes_state((key.clone(), false));
        }
    }

    unsafe fn store(&mut self, value: *mut ffi::PyObject, root: *mut ffi::PyObject) {
        // SAFETY: handed on from the probe.
        unsafe {
            if value == self.namespace {
                self.namespace_stored += 1;
                self.namespace_open = true;
                return;
            }
            let by = self.assignment.clone();
            if crate::object::is_environ(value) {
                self.environ_stored = true;
                return;
            }
            if ffi::PyModule_Check(value) != 0 {
                self.writes_state((module_key(value), false));
                self.mark(value as Address, &by);
                return;
            }
            self.change_found(value, &by, root);
            for (state, written) in self.rules.item_store(value) {
                if written {
                    self.writes_state((StateKey::whole(state), false));
                } else {
                    self.reads_state(StateKey::whole(state));
                }
            }
            let owner = crate::object::iterated_array(value);
            if !owner.is_null() {
                self.change(owner, &by);
            }
            // pandas' indexers, and other small objects that stand for another one, pass the store
            // on to what they hold.
            if crate::object::pandas_parts(value).is_some() {
                self.change_reach(value, &by);
            }
        }
    }

    /// An iterator, generator or file that is iterated over moves on; so do the iterators that it
    /// takes from.
    unsafe fn consume(&mut self, value: *mut ffi::PyObject) {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyIter_Check(value) == 0 {
                return;
            }
            let by = cause("iteration", Confidence::Annotated);
            // One that nobody holds but the statement itself is gone with it.
            let passing = cfg!(not(Py_3_14))
                && !self.handles.contains_key(&(value as Address))
                && ffi::Py_REFCNT(value) == 1;
            if !passing {
                self.change(value, &by);
            }
            if self.unknown_generators.contains(&(value as Address)) {
                let by = cause("iteration", Confidence::Assumed);
                self.change_reach(value, &by);
            }
            if let Some(code) = crate::object::generator_code(value)
                && session_code().contains(&code)
            {
                // A generator's body tells of itself when it is entered; one that was entered
                // before reads the same names again.
                self.reads_of_code(code);
            }
            let mut seen = FxHashSet::default();
            let mut found = Vec::new();
            let mut walk = Walk { borders: &self.borders, budget: 1_000, definitions: false };
            let mut called = Vec::new();
            let mut holders = FxHashMap::default();
            walk.run_noting(value, &mut seen, Some(&mut holders), &mut |object| {
                if ffi::PyIter_Check(object) != 0 {
                    found.push(object);
                }
                if ffi::Py_TYPE(object) == &raw mut ffi::PyCFunction_Type {
                    called.push(object);
                }
                found.len() < 64
            });
            for object in found {
                if !passing || !is_held_alone(object, value, &holders) {
                    self.change(object, &by);
                }
            }
            let py = Python::assume_attached();
            for object in called {
                self.call_back(py, object);
            }
        }
    }

    /// The names that a code object refers to, as reads.
    unsafe fn reads_of_code(&mut self, code: Address) {
        // SAFETY: session code is kept alive.
        unsafe {
            for name in crate::object::code_names(code as *mut ffi::PyObject) {
                self.turns.read(&name);
                if !self.read.contains(&name) {
                    self.read.push(name);
                }
            }
        }
    }

    /// `exec` or `eval`: what the text names is read, and may be changed.
    unsafe fn evaluate(&mut self, call: &CallArguments) {
        // SAFETY: the call lends its arguments.
        let text = unsafe { call.positional(0).and_then(|value| callee::text(value)) };
        let unit = text.as_deref().map(str::trim).map(clew_syntax::parse);
        let Some(Ok(unit)) = unit else {
            // Bytes or a code object: the names are not at hand.
            self.reads_everything = true;
            self.change_everything(&cause("exec", Confidence::Assumed));
            return;
        };
        let mut names: Vec<String> = Vec::new();
        for &id in unit.top() {
            names.extend(unit.statement(id).whole.reads.iter().map(|read| read.name.clone()));
        }
        for scope in unit.scopes() {
            names.extend(scope.reads.iter().map(|read| read.name.clone()));
        }
        let by = cause("exec", Confidence::Assumed);
        for name in names {
            // SAFETY: the namespace lends what it holds.
            unsafe {
                let value = crate::object::item(self.namespace, &name);
                if !value.is_null() && reach::is_mutable(value) {
                    self.mutate(value, Depth::Deep, &by, ptr::null_mut());
                }
            }
            self.read.push(name);
        }
    }

    fn read_hidden(&mut self, value: *mut ffi::PyObject) {
        if self.hidden.contains(&(value as Address)) {
            self.reads_state(hidden_key(value as Address));
        }
    }

    /// Ends the statement at hand and goes on to another.
    fn go_to(&mut self, next: Current) {
        let raised = self.was_left_early(&next);
        self.end_statement(raised);
        let unit = (!next.leaving).then(|| self.sink.unit(next.source)).flatten();
        if let Some(unit) = unit {
            // SAFETY: the probe that announces the statement runs in the module's own frame.
            unsafe {
                self.turns.begin(&unit, next.source, next.statement, self.namespace, &self.borders);
            }
        }
        self.current = Some(next);
    }

    /// Whether the statement at hand raised, and a `with` or `try` around it caught that: the next
    /// one is outside, and the body's end was not come to.
    fn was_left_early(&self, next: &Current) -> bool {
        let Some(current) = self.current.as_ref().filter(|current| current.source == next.source)
        else {
            return false;
        };
        let Some(unit) = self.sink.unit(current.source) else { return false };
        let mut left = unit.guards_of(current.statement).peekable();
        // Nearly all statements stand in none.
        if left.peek().is_none() {
            return false;
        }
        let own = next.leaving.then_some(next.statement);
        let kept: Vec<StatementId> =
            own.into_iter().chain(unit.guards_of(next.statement)).collect();
        left.any(|guard| !kept.contains(&guard))
    }

    fn end_statement(&mut self, raised: bool) {
        let Some(current) = self.current.take() else {
            self.clear();
            return;
        };
        // SAFETY: the GIL is held; nothing below runs Python code.
        if let Some(outcome) = unsafe { self.outcome(&current, raised) }
            && let Err(message) = self.sink.record(&outcome)
        {
            self.sink.fault(&message);
        }
        self.clear();
    }

    fn clear(&mut self) {
        EPOCH.fetch_add(1, Ordering::Relaxed);
        self.turns.end();
        self.changed.clear();
        self.entered.clear();
        self.entered_seen.clear();
        self.states_read.clear();
        self.states_written.clear();
        self.states_seen.clear();
        self.deep.clear();
        self.walked = 0;
        self.noted.clear();
        self.calls.clear();
        self.read.clear();
        self.saved.clear();
        self.hidden_candidates.clear();
        self.namespace_given = 0;
        self.namespace_stored = 0;
        self.namespace_open = false;
        self.environ_stored = false;
        self.heard.clear();
        self.files_heard = 0;
        self.environment_heard = false;
        self.variables_set.clear();
        self.imports_packages = false;
        self.called_unknown = false;
        self.paths_looked_at = 0;
        self.connecting = None;
        self.reads_everything = false;
        self.everything_changed = None;
        self.unknown = None;
    }

    unsafe fn outcome(&mut self, current: &Current, raised: bool) -> Option<Outcome> {
        let end = now();
        self.turns.ends();
        let unit = self.sink.unit(current.source)?;
        let statement = unit.statement(current.statement);
        let header_only = statement.is_by_parts();
        let access = if header_only { &statement.own } else { &statement.whole };
        let compound = statement.is_compound() && !header_only;
        // What a `with` binds it bound when it was entered.
        let binds = if current.leaving { Vec::new() } else { access.binds.clone() };
        let star = access.star_import;
        let mut paths: Vec<clew_syntax::Read> = access.reads.clone();
        for entered in &self.entered {
            let Some(unit) = self.sink.unit(entered.source) else { continue };
            if let Some(scope) = entered.scope.and_then(|scope| unit.scopes().get(scope)) {
                paths.extend(scope.reads.iter().cloned());
            }
        }
        let modules: Vec<String> = match &statement.lowering {
            Lowering::Import(aliases) => aliases.iter().map(|alias| alias.module.clone()).collect(),
            _ => Vec::new(),
        };
        let reads: Vec<String> = access.reads.iter().map(|read| read.name.clone()).collect();
        let augments: Vec<String> = match &statement.lowering {
            Lowering::Augmented { target: clew_syntax::Target::Name { name, .. }, .. } => {
                vec![name.clone()]
            }
            _ if compound => augmented_within(&unit, statement),
            _ => Vec::new(),
        };
        // SAFETY: the namespace is the user's, and lives.
        unsafe {
            // `x += y` left the same object in place: it was changed, if it can be.
            for name in &augments {
                let value = crate::object::item(self.namespace, name);
                if !value.is_null()
                    && self.mirror.address(name) == Some(value as Address)
                    && reach::changes_in_place(value)
                {
                    let by = cause("in-place operator", Confidence::Annotated);
                    self.change(value, &by);
                }
            }
            let mut bound: Vec<Binding> = Vec::new();
            for bind in &binds {
                let now_bound = self.mirror.update(self.namespace, &bind.name);
                let certain = bind.certain && !raised && !compound;
                let entry = match now_bound {
                    crate::namespace::Change::Unbound { was_bound } => {
                        if !was_bound && !bind.deletes {
                            continue;
                        }
                        Binding { name: bind.name.clone(), certain: true, deleted: true }
                    }
                    crate::namespace::Change::Rebound => {
                        Binding { name: bind.name.clone(), certain: true, deleted: false }
                    }
                    crate::namespace::Change::Same => {
                        if raised && !compound {
                            continue;
                        }
                        Binding { name: bind.name.clone(), certain, deleted: false }
                    }
                };
                if !bound.iter().any(|known| known.name == entry.name) {
                    bound.push(entry);
                }
            }
            if star || self.namespace_open || self.namespace_given > 0 {
                for change in self.mirror.diff(self.namespace) {
                    if !bound.iter().any(|known| known.name == change.name) {
                        bound.push(change);
                    }
                }
            }
            let mut spelled = Vec::new();
            crate::spelled::globals_read(statement, &mut spelled);
            if self.namespace_given > self.namespace_stored + spelled.len() {
                self.reads_everything = true;
            }
            if !spelled.is_empty() || self.reads_everything {
                self.turns.doubt();
            }
            self.read.extend(spelled);
            if self.reads_everything {
                self.read.extend(self.mirror.names());
            }
            // Reading a missing key of a `defaultdict` adds it.
            for name in &reads {
                let value = crate::object::item(self.namespace, name);
                if !value.is_null() && crate::object::is_defaultdict(value) {
                    let length = ffi::PyDict_Size(value);
                    let before = self.lengths.insert(value as Address, length);
                    if before.unwrap_or(0) != length {
                        self.change(value, &cause("a missing key", Confidence::Observed));
                    }
                }
            }
            // Figures and axes that were got from pyplot change with its state.
            if self.states_written.iter().any(|(key, _)| key.state == "pyplot") {
                let by = cause("pyplot", Confidence::Annotated);
                let handles: Vec<Address> = self
                    .handles
                    .iter()
                    .filter(|(_, key)| key.state == "pyplot")
                    .map(|(&address, _)| address)
                    .collect();
                for address in handles {
                    self.changed.entry(address).or_insert_with(|| by.clone());
                    self.turns.mark_where_written(address, "pyplot");
                }
            }
            let mut changed = Vec::new();
            if let Some(by) = self.everything_changed.clone() {
                let named = paths.iter().map(|read| &read.name).chain(&self.read);
                let names: FxHashSet<String> = named.cloned().collect();
                for name in self.change_all_of(names, &by) {
                    changed.push(Changed {
                        name,
                        by: by.by.to_string(),
                        confidence: by.confidence,
                    });
                }
            }
            if !self.changed.is_empty() {
                self.find_changed(&mut changed);
            }
            if !self.hidden.is_empty() {
                self.read_paths(&paths);
            }
            self.environment(statement, &paths);
            self.note_environment(!modules.is_empty());
            self.note_draws();
            if self.files_heard > 0 {
                // `with` and operators make values without a call.
                let values =
                    bound.iter().map(|bound| crate::object::item(self.namespace, &bound.name));
                self.adopt_files(&values.collect::<Vec<_>>());
            }
            if !self.settings.is_empty() {
                let text = statement.range.of(unit.text());
                self.obey_settings(
                    &paths,
                    !self.entered.is_empty() || settings::may_make_text(text),
                );
            }
            if !modules.is_empty() {
                let pandas = callee::version_of(Python::assume_attached(), "pandas");
                self.copies_on_write = pandas.is_some_and(|version| {
                    version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0) >= 3
                });
                self.reads_state(StateKey::whole("import_system"));
            }
            let imported = modules
                .into_iter()
                .map(|module| {
                    let top = module.split('.').next().unwrap_or_default().to_owned();
                    let py = Python::assume_attached();
                    let version = callee::version_of(py, &top);
                    let package = version.is_some().then_some(top);
                    (module, package, version)
                })
                .collect();
            let spelled = crate::spelled::saved(statement);
            let mut saved = Vec::new();
            for (mut value, address) in std::mem::take(&mut self.saved) {
                // The name that the statement spells, if the value is still there.
                let named = spelled
                    .iter()
                    .find(|name| crate::object::item(self.namespace, name) as Address == address);
                if named.is_some() {
                    value.variable = named.cloned();
                } else if bound.iter().any(|bound| Some(&bound.name) == value.variable.as_ref()) {
                    value.variable = None;
                }
                saved.push(value);
            }
            if raised
                || star
                || self.namespace_open
                || self.namespace_given > 0
                || self.everything_changed.is_some()
                || self.unknown.is_some()
                || !saved.is_empty()
            {
                self.turns.doubt();
            }
            let causes = |address: Address| {
                self.changed.get(&address).map(|by| (by.by.to_string(), by.confidence))
            };
            let turns = self.turns.told(&unit, self.namespace, &self.borders, &causes);
            Some(Outcome {
                source: current.source,
                statement: current.statement,
                start: current.start,
                end,
                leaving: current.leaving,
                raised,
                bound,
                changed,
                entered: std::mem::take(&mut self.entered),
                read: std::mem::take(&mut self.read),
                states_read: std::mem::take(&mut self.states_read),
                states_written: std::mem::take(&mut self.states_written),
                calls: std::mem::take(&mut self.calls),
                imported,
                saved,
                unknown: self.unknown.take(),
                turns,
            })
        }
    }

    /// Marks all that variables lead to as changed, in one walk; gives the variables that were too
    /// large for that.
    unsafe fn change_all_of(&mut self, names: FxHashSet<String>, by: &Cause) -> Vec<String> {
        const BUDGET: usize = 5_000_000;
        // SAFETY: as for `find_changed`.
        unsafe {
            let mut seen = FxHashSet::default();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let changed = &mut self.changed;
            let mut left = Vec::new();
            for name in names {
                let value = crate::object::item(self.namespace, &name);
                if value.is_null() {
                    continue;
                }
                let end = walk.run(value, &mut seen, &mut |object| {
                    if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                        changed.entry(object as Address).or_insert_with(|| by.clone());
                    }
                    true
                });
                if end == End::OverBudget {
                    left.push(name);
                }
            }
            left
        }
    }

    /// Walks once more through what was changed deeply since it was last walked through, as far as a
    /// variable leads there.
    unsafe fn walk_again(&mut self) {
        const BUDGET: usize = 1_000_000;
        let again = |deep: &&Deep| deep.times > 1;
        if !self.deep.values().flatten().any(|deep| again(&deep)) {
            return;
        }
        // SAFETY: as for `find_changed`.
        unsafe {
            let mut roots = Vec::new();
            let mut seen = FxHashSet::default();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            for (_, value) in Mirror::variables(self.namespace) {
                let deep = &self.deep;
                walk.run(value, &mut seen, &mut |object| {
                    let known = deep.get(&(object as Address)).into_iter().flatten();
                    roots.extend(
                        known.filter(again).map(|deep| (object, deep.by.clone(), deep.spot)),
                    );
                    true
                });
            }
            for (object, by, spot) in roots {
                self.turns.stand_at(Some(spot));
                self.walk_changed(object, &by);
            }
            self.turns.stand_at(None);
        }
    }

    /// Finds the variables from which a changed object can be reached. Objects that were found
    /// through a module and that no variable leads to become hidden states.
    unsafe fn find_changed(&mut self, out: &mut Vec<Changed>) {
        /// How many objects are looked at before the rest is assumed to be changed.
        const BUDGET: usize = 5_000_000;
        // SAFETY: the GIL is held; walking runs no Python code, so the namespace stays as it is.
        unsafe {
            let mut found: FxHashSet<Address> = FxHashSet::default();
            self.walk_again();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            let variables = Mirror::variables(self.namespace);
            for (name, value) in variables {
                if !reach::is_mutable(value) {
                    continue;
                }
                let mut seen = FxHashSet::default();
                let mut hit = None;
                let changed = &self.changed;
                let end = walk.run(value, &mut seen, &mut |object| {
                    let address = object as Address;
                    if let Some(by) = changed.get(&address) {
                        hit = Some((address, by.clone()));
                        return false;
                    }
                    true
                });
                match (hit, end) {
                    (Some((address, by)), _) => {
                        found.insert(address);
                        if let Some(name) = callee::text(name) {
                            out.push(Changed {
                                name,
                                by: by.by.to_string(),
                                confidence: by.confidence,
                            });
                        }
                    }
                    (None, End::OverBudget) => {
                        if let Some(name) = callee::text(name) {
                            out.push(Changed {
                                name,
                                by: "a change that was not searched for".to_owned(),
                                confidence: Confidence::Assumed,
                            });
                        }
                    }
                    (None, _) => {}
                }
            }
            let search = ffi::PySys_GetObject(c"path".as_ptr()) as Address;
            if self.changed.contains_key(&search) {
                self.writes_state((StateKey::whole("import_system"), false));
            }
            for address in self.hidden_candidates.clone() {
                if !found.contains(&address) {
                    self.writes_state((hidden_key(address), false));
                    self.hidden.insert(address);
                }
            }
        }
    }

    /// Environment variables that are read or set through `os.environ`, by name where the text
    /// spells it.
    unsafe fn environment(
        &mut self,
        statement: &clew_syntax::Statement,
        paths: &[clew_syntax::Read],
    ) {
        // SAFETY: dictionaries lend what they hold; only modules' are looked into.
        let is_environ = |name: &str, path: &[String]| unsafe {
            let mut object = crate::object::item(self.namespace, name);
            for part in path {
                if object.is_null() || ffi::PyModule_Check(object) == 0 {
                    return false;
                }
                object = crate::object::item(ffi::PyModule_GetDict(object), part);
            }
            !object.is_null() && crate::object::is_environ(object)
        };
        let mentioned =
            self.environ_stored || paths.iter().any(|read| is_environ(&read.name, &read.path));
        if !mentioned {
            return;
        }
        let spelled = crate::spelled::environment(statement, &is_environ);
        let key = |name: Option<String>| StateKey { state: "environment".to_owned(), part: name };
        match spelled {
            Some((read, stored)) => {
                for name in read {
                    self.reads_state(key(name));
                }
                for name in stored {
                    // Which variable it is that no text spells was heard.
                    if name.is_some() || !self.environment_heard {
                        let anew = name.is_some();
                        self.writes_state((key(name), anew));
                    }
                }
            }
            None => {
                self.reads_state(key(None));
                if self.environ_stored && !self.environment_heard {
                    self.writes_state((key(None), false));
                }
            }
        }
    }

    /// Reads of settings by what is done with a library's values.
    unsafe fn obey_settings(&mut self, paths: &[clew_syntax::Read], makes_text: bool) {
        // SAFETY: the namespace lends what it holds.
        unsafe {
            let names = paths.iter().map(|read| &read.name).chain(&self.read);
            let values: Vec<*mut ffi::PyObject> = names
                .map(|name| crate::object::item(self.namespace, name))
                .filter(|value| !value.is_null())
                .collect();
            let obeyed = self.settings.obeyed(&values, &self.borders, makes_text);
            for key in obeyed.into_iter().cloned().collect::<Vec<_>>() {
                self.reads_state(key);
            }
        }
    }

    /// Reads of hidden objects by way of modules: `os.environ`, `np.random.mtrand`.
    unsafe fn read_paths(&mut self, paths: &[clew_syntax::Read]) {
        for read in paths {
            // SAFETY: dictionaries lend what they hold; only modules' are looked into.
            unsafe {
                let mut object = crate::object::item(self.namespace, &read.name);
                for part in &read.path {
                    if object.is_null() || ffi::PyModule_Check(object) == 0 {
                        break;
                    }
                    object = crate::object::item(ffi::PyModule_GetDict(object), part);
                    if !object.is_null() {
                        self.read_hidden(object);
                    }
                }
            }
        }
    }
}

/// Whether an object is held only by another one, directly or by way of others of which the same is
/// true.
unsafe fn is_held_alone(
    object: *mut ffi::PyObject,
    by: *mut ffi::PyObject,
    holders: &FxHashMap<Address, Address>,
) -> bool {
    let mut object = object as Address;
    // SAFETY: the caller lends live objects, and each holds the one that it was found by.
    while object != by as Address {
        if unsafe { ffi::Py_REFCNT(object as *mut ffi::PyObject) } != 1 {
            return false;
        }
        match holders.get(&object) {
            Some(&holder) => object = holder,
            None => return false,
        }
    }
    true
}

/// The variables that statements in the suites of another one set by an in-place operator.
fn augmented_within(unit: &clew_syntax::Unit, statement: &clew_syntax::Statement) -> Vec<String> {
    let within = unit.statements()[statement.id.index()..]
        .iter()
        .take_while(|inner| inner.range.start < statement.range.end);
    within
        .filter_map(|inner| match &inner.lowering {
            Lowering::Augmented { target: clew_syntax::Target::Name { name, .. }, .. } => {
                Some(name.clone())
            }
            _ => None,
        })
        .collect()
}

/// Whether a call leaves nothing of the state that it changes as it was: files that are written
/// from their beginning, generators that are seeded.
fn makes_anew(callee: &str, mode: Option<&str>) -> bool {
    let name = callee.rsplit('.').next().unwrap_or(callee);
    match name {
        "open" => mode.is_some_and(|mode| mode.contains(['w', 'x'])),
        "to_csv" | "to_json" | "to_pickle" | "to_parquet" | "to_feather" | "to_excel" => {
            mode.is_none_or(|mode| !mode.contains('a'))
        }
        "seed" | "manual_seed" | "set_state" | "setstate" | "set_rng_state" | "savefig"
        | "imsave" | "imwrite" | "write_text" | "write_bytes" | "savetxt" | "savez"
        | "savez_compressed" | "copyfile" | "copy2" => true,
        _ => false,
    }
}

fn hidden_key(address: Address) -> StateKey {
    StateKey::part("object", format!("{address:x}"))
}

unsafe fn module_key(module: *mut ffi::PyObject) -> StateKey {
    // SAFETY: the caller checked for a module.
    let name = unsafe {
        let name = ffi::PyModule_GetNameObject(module);
        let text = callee::text(name);
        if name.is_null() {
            ffi::PyErr_Clear();
        } else {
            ffi::Py_DECREF(name);
        }
        text
    };
    StateKey::whole(format!("module:{}", name.unwrap_or_default()))
}

/// A path without `.` and `..`, so that the same file has the same name.
pub(crate) fn normal_path(path: &std::path::Path) -> String {
    let mut parts: Vec<std::path::Component<'_>> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.iter().collect::<std::path::PathBuf>().to_string_lossy().into_owned()
}
