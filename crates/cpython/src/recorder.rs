//! Recorder: what probes tell, gathered over one statement and then handed to the capture.
//!
//! The recorder runs inside the user's program: it never raises, runs no code of the user's, holds no
//! reference to a value of theirs, and when it fails it says so once and lets go.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use clew_effects::{Catalog, Confidence, Depth, Effects};
use clew_graph::{SourceId, Timestamp};
use clew_probe::ProgramPoint;
use clew_session::{Bound as Binding, Changed, Entered, Outcome, SavedValue, StateKey};
use clew_syntax::{Lowering, StatementId, literal_key};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::{self, Written};
use crate::callee::{self, Rules};
use crate::draws::Draws;
use crate::figures::Figures;
use crate::findings::Findings;
use crate::infer::Inference;
use crate::loop_trace::LoopTrace;
use crate::mentions::Mentions;
use crate::named::Digests;
use crate::namespace::Mirror;
use crate::observe::Observer;
use crate::reach::{self, Address};
use crate::settings::Settings;
use crate::weak::Weak;

mod calls;
mod changes;
mod figures;
mod habits;
mod listener;
mod outside;

use calls::makes_of_bytes;
use habits::Habits;

pub(crate) use clew_heap::arguments::CallArguments;
use clew_heap::session_code::{is_stateful, session_code};
pub(crate) use listener::ProbeListener;

pub(crate) use crate::paths::normal_path;

/// A function of the session that was entered.
pub(crate) type Entrance = Entered;

/// What is done with each finished statement.
pub(crate) trait Sink: Findings {
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
    running: FxHashMap<Address, Running>,
    // Whether pandas copies what is shared before it changes it.
    copies_on_write: bool,
    // What was changed in libraries that later calls obey.
    settings: Settings,
    // What the statement at hand changed deeply, how often, and when it is walked through again.
    deep: FxHashMap<Address, Vec<Deep>>,
    // What is said of changes by an assignment.
    assignment: Cause,
    // What calls read and change of external states was noted already in this statement.
    noted: FxHashSet<(*const Effects, ProgramPoint)>,
    // How many objects were looked at for deep changes in the statement at hand.
    walked: usize,
    // How long each `defaultdict` was when last looked at.
    lengths: FxHashMap<Address, isize>,
    observer: Observer,
    inference: Inference,
    habits: Habits,
    digests: Digests,
    // The external states that the program changed so far.
    written: Written,
    draws: Draws,
    figures: Figures,
    weak: Weak,
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
    turns: LoopTrace,
    // The packages that calls which nothing explains are taken to have changed, and where in a loop.
    unexplained: FxHashSet<(String, ProgramPoint)>,
    // The modules that lie with the program and that it imported.
    own_modules: FxHashSet<String>,
    // How often states were changed, other than hidden objects.
    states_changed: usize,
    // Whether functions of libraries bound variables of their modules anew.
    binds_variables_of_modules: bool,
    // What the last context manager of the statement at hand stands for.
    entering: Option<StateKey>,
    // The variables whose lists gather warnings, and how many there were.
    gathering: Vec<(String, ffi::Py_ssize_t)>,
    // Standard output and standard error as the program found them.
    streams: [Address; 2],
}

/// An object that was changed deeply, several times in one part of a statement.
struct Deep {
    point: ProgramPoint,
    times: usize,
    next: usize,
    by: Cause,
}

/// What a thread or process that was started can get at.
#[derive(Default)]
struct Running {
    reached: FxHashSet<Address>,
    /// The session's functions that it may run.
    code: FxHashSet<Address>,
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
static FILES_WRITTEN: AtomicBool = AtomicBool::new(false);
static ENVIRONMENT_WRITTEN: AtomicBool = AtomicBool::new(false);

/// From where it is known what calls do.
pub(crate) struct Knowledge {
    pub(crate) catalog: Catalog,
    /// Whether to ask the rules.
    pub(crate) annotations: bool,
    /// Which edition of clew, Python and the rules it is.
    pub(crate) edition: String,
    /// Which share of the run may be spent on finding it out.
    pub(crate) observe: f64,
}

/// Starts to record into a sink, for a program whose variables are in `namespace`.
pub(crate) fn start(
    sink: Box<dyn Sink>,
    namespace: &Bound<'_, pyo3::types::PyDict>,
    knowledge: Knowledge,
) {
    let Knowledge { catalog, annotations, edition, observe } = knowledge;
    let mut borders = FxHashSet::default();
    borders.insert(namespace.as_ptr() as Address);
    let mut mirror = Mirror::default();
    // SAFETY: the namespace is a live dictionary.
    unsafe { mirror.fill(namespace.as_ptr()) };
    let mut draws = Draws::default();
    // SAFETY: the GIL is held, and nothing of the program runs yet.
    draws.look(unsafe { clew_heap::Quiet::new() });
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
        habits: Habits::new(edition.clone()),
        digests: Digests::default(),
        inference: Inference::within(observe, edition),
        turns: LoopTrace::default(),
        unexplained: FxHashSet::default(),
        own_modules: FxHashSet::default(),
        states_changed: 0,
        binds_variables_of_modules: false,
        entering: None,
        gathering: Vec::new(),
        // SAFETY: the GIL is held.
        streams: unsafe { streams() }.map(|stream| stream as Address),
        deep: FxHashMap::default(),
        walked: 0,
        noted: FxHashSet::default(),
        assignment: cause("assignment", Confidence::Annotated),
        written: Written::default(),
        draws,
        figures: Figures::default(),
        weak: Weak::default(),
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
    with(|recorder| recorder.end_program(raised));
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
        if key.state == "file_system" {
            self.needs_folder(&key);
        }
        self.turns.state(&key, Some(anew));
        self.states_changed += usize::from(key.state != "object");
        self.settings.change(&key);
        self.written.insert(&key);
        FILES_WRITTEN.store(self.written.any_of("file_system"), Ordering::Relaxed);
        ENVIRONMENT_WRITTEN.store(self.written.any_of("environment"), Ordering::Relaxed);
        if self.states_seen.insert((key.clone(), Some(anew))) {
            self.states_written.push((key, anew));
        }
    }

    /// Where a file is written, the folder has to be there, if the program made it.
    fn needs_folder(&mut self, file: &StateKey) {
        let folder = file.part.as_deref().and_then(|part| part.rsplit_once('/'));
        if let Some((folder, _)) = folder {
            let place = StateKey::part("file_system", format!("{folder}/*"));
            if self.written.shows_in(&place) {
                self.reads_state(place);
            }
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

    /// The names that a code object refers to, as reads.
    unsafe fn reads_of_code(&mut self, code: Address) {
        // SAFETY: session code is kept alive.
        unsafe {
            for name in crate::object::code_names(code as *mut ffi::PyObject) {
                self.reads_name(name);
            }
        }
    }

    /// Notes that the statement at hand reads a variable, if there is one of this name.
    fn reads_name(&mut self, name: String) {
        self.turns.read(&name);
        if !self.read.contains(&name) {
            self.read.push(name);
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
        let left = self.left_early(&next);
        let raised = !left.is_empty();
        if raised {
            self.unwind(&left);
        }
        self.end_statement(raised);
        let unit = (!next.leaving).then(|| self.sink.unit(next.source)).flatten();
        if let Some(unit) = unit {
            // SAFETY: the probe that announces the statement runs in the module's own frame.
            unsafe {
                let at = (next.source, next.statement);
                if let Some(namespace) = clew_heap::Lent::new(self.namespace) {
                    self.turns.begin(&unit, at, namespace, &self.borders);
                }
            }
        }
        self.current = Some(next);
    }

    /// The `with` and `try` statements out of which the statement at hand raised: the next one is
    /// outside, and their bodies' ends were not come to.
    fn left_early(&self, next: &Current) -> Vec<StatementId> {
        let Some(current) = self.current.as_ref().filter(|current| current.source == next.source)
        else {
            return Vec::new();
        };
        let Some(unit) = self.sink.unit(current.source) else { return Vec::new() };
        let mut left = unit.guards_of(current.statement).peekable();
        // Nearly all statements stand in none.
        if left.peek().is_none() {
            return Vec::new();
        }
        let own = next.leaving.then_some(next.statement);
        let kept: Vec<StatementId> =
            own.into_iter().chain(unit.guards_of(next.statement)).collect();
        left.filter(|guard| !kept.contains(guard)).collect()
    }

    /// What was raised left these statements: the context managers among them were told, and may have
    /// done something about it to whatever they were made of.
    fn unwind(&mut self, left: &[StatementId]) {
        let Some(unit) = self.current.as_ref().and_then(|current| self.sink.unit(current.source))
        else {
            return;
        };
        let by = cause("with", Confidence::Assumed);
        for &guard in left {
            let statement = unit.statement(guard);
            if !matches!(statement.lowering, Lowering::Block(clew_graph::BlockKind::With)) {
                continue;
            }
            let own = &statement.own;
            let names = own.reads.iter().map(|read| &read.name);
            for name in names.chain(own.binds.iter().map(|bind| &bind.name)) {
                // SAFETY: the namespace lends what it holds.
                unsafe {
                    let value = crate::object::item(self.namespace, name);
                    if !value.is_null()
                        && reach::changes_in_place(value)
                        && ffi::PyModule_Check(value) == 0
                    {
                        self.mutate(value, Depth::Deep, &by, ptr::null_mut());
                    }
                }
            }
        }
    }

    /// Ends the last statement. Where it stands in a `with` or `try` whose end was not told, it raised.
    fn end_program(&mut self, raised: bool) {
        let left = match &self.current {
            Some(current) if !current.leaving => {
                let unit = self.sink.unit(current.source);
                unit.map(|unit| unit.guards_of(current.statement).collect()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        self.unwind(&left);
        self.end_statement(raised || !left.is_empty());
        self.habits.keep(self.sink.as_mut());
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
        clew_probe::begin_epoch();
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
        self.entering = None;
        self.unexplained.clear();
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
        let mut lets_go = false;
        for entered in &self.entered {
            let Some(unit) = self.sink.unit(entered.source) else { continue };
            if let Some(scope) = entered.scope_in(&unit) {
                paths.extend(scope.reads.iter().cloned());
                lets_go |= scope.is_finalizer();
            }
        }
        let modules: Vec<String> =
            statement.imports().iter().map(|alias| alias.module.clone()).collect();
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
                        // It had to be there.
                        if !change.is_bound {
                            self.read.push(change.name.clone());
                        }
                        bound.push(Binding {
                            name: change.name,
                            certain: true,
                            deleted: !change.is_bound,
                        });
                    }
                }
            }
            let spelled = literal_key::globals_read(statement);
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
                        let by = cause("a missing key", Confidence::Observed);
                        self.change(value, &by);
                        // What makes the values may be a method of C.
                        let bound = crate::object::factory_of(value);
                        if !bound.is_null() {
                            self.change(bound, &by);
                        }
                    }
                }
            }
            // What ends with its last name hangs on what the name stood for.
            if lets_go {
                self.read.extend(bound.iter().map(|bound| bound.name.clone()));
                self.turns.doubt();
            }
            if self.calls.iter().any(|name| makes_of_bytes(name)) {
                for name in bound.iter().map(|bound| bound.name.clone()).collect::<Vec<_>>() {
                    self.read_classes_of(crate::object::item(self.namespace, &name));
                }
            }
            // What a context manager gives stands for the same as it.
            if let (Some(key), true, [bind]) = (self.entering.take(), header_only, &bound[..]) {
                let value = crate::object::item(self.namespace, &bind.name);
                if !value.is_null() && reach::changes_in_place(value) {
                    if key.state == "warnings" && ffi::PyList_Check(value) != 0 {
                        self.gathering.push((bind.name.clone(), ffi::PyList_GET_SIZE(value)));
                    }
                    self.handles.insert(value as Address, key);
                }
            }
            self.note_warnings();
            self.note_handles(compound);
            self.import_again(&modules);
            self.weak.ran(statement);
            self.note_gone(compound);
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
            if self.written.any_of("pyplot") && unit.mentions_attribute(statement.id, "number") {
                self.reads_state(crate::figures::numbers());
            }
            if !self.hidden.is_empty()
                || self.binds_variables_of_modules
                || self.written.any_of("pyplot")
            {
                self.read_paths(&paths);
            }
            self.environment(statement, &paths, access.reads.len());
            self.note_environment(!modules.is_empty());
            self.note_draws();
            if self.files_heard > 0 {
                // `with` and operators make values without a call.
                let values =
                    bound.iter().map(|bound| crate::object::item(self.namespace, &bound.name));
                self.adopt_files(&values.collect::<Vec<_>>());
            }
            if !self.settings.is_empty() {
                let makes_text = !self.entered.is_empty() || unit.may_make_text(statement.id);
                self.obey_settings(&paths, makes_text);
            }
            if !modules.is_empty() {
                let pandas = callee::version_of(Python::assume_attached(), "pandas");
                self.copies_on_write = pandas.is_some_and(|version| {
                    version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0) >= 3
                });
                self.reads_state(StateKey::whole("import_system"));
                self.note_imported(&modules);
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
            let spelled = literal_key::saved(statement);
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
            let turns = clew_heap::Lent::new(self.namespace)
                .and_then(|namespace| self.turns.told(&unit, namespace, &self.borders, &causes));
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

/// Standard output and standard error as they are now; borrowed.
unsafe fn streams() -> [*mut ffi::PyObject; 2] {
    // SAFETY: the caller holds the GIL.
    unsafe { [c"stdout", c"stderr"].map(|name| ffi::PySys_GetObject(name.as_ptr())) }
}

fn hidden_key(address: Address) -> StateKey {
    StateKey::part("object", format!("{address:x}"))
}

/// A variable of a module, by the module's namespace.
fn variable_key(namespace: Address, name: &str) -> StateKey {
    StateKey::part("object", format!("{namespace:x}.{name}"))
}

unsafe fn module_key(module: *mut ffi::PyObject) -> StateKey {
    // SAFETY: the caller checked for a module.
    StateKey::whole(format!("module:{}", unsafe { crate::object::module_name(module) }))
}
