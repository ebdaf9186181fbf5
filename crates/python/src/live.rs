//! Live: the run that this process is recording.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use clew_cli::complain;
use clew_cpython::{Findings, Recording};
use clew_graph::{Session, SessionKind, SourceId, SourceLocation, Timestamp, os_text};
use clew_session::{
    ByOthers, Deferred, FinalVariable, Journal, LeftFunction, Outcome, SessionFile, describe,
    words_of,
};
use clew_store::{Store, fork};
use clew_syntax::Unit;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict};

/// The run that this process is recording, shared by the recorder and `clew.save`.
pub(crate) struct Live {
    pub(crate) store: Option<Store>,
    pub(crate) journal: Journal,
    fingerprints: bool,
    /// What went wrong with clew itself, in order.
    pub(crate) faults: Vec<String>,
    /// What was changed while results were displayed and nobody has asked for yet.
    pub(crate) shown: Vec<String>,
}

/// What is kept of a run.
#[derive(Clone, Copy)]
pub(crate) struct Keeping {
    /// Whether every variable's fingerprint is kept at the end.
    pub(crate) fingerprints: bool,
    /// Whether what looks like a secret is masked, as for every run where `CLEW_REDACT` is set.
    pub(crate) redact: bool,
}

/// How many steps the fingerprint of a variable may take that was not asked for, and those of all.
const STEPS_OF_ONE: usize = 2_000;
const STEPS_OF_ALL: usize = 8_000;
/// How many those of a number or a short text may take.
const STEPS_OF_SMALL: usize = 4;

/// It is locked with the interpreter held and for no longer than that, so that a fork, for which the
/// interpreter is held as well, finds it free.
static LIVE: Mutex<Option<LiveRun>> = Mutex::new(None);

/// A run, and what can be known of it without its lock: in a forked child that may be locked for ever.
#[derive(Clone)]
struct LiveRun {
    live: Arc<Mutex<Live>>,
    process: u32,
    store: Option<PathBuf>,
}

/// Locks, whoever panicked while holding the lock: a report half done is still a report.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Begins to record.
    pub(crate) fn begin(store: Option<Store>, session: Session, keeping: Keeping) -> Handle {
        let Keeping { fingerprints, redact } = keeping;
        let journal = begin_journal(store.as_ref(), session, redact);
        let folder = store.as_ref().map(|store| store.folder().to_owned());
        let live = Self { store, journal, fingerprints, faults: Vec::new(), shown: Vec::new() };
        let live = Arc::new(Mutex::new(live));
        let process = std::process::id();
        *lock(&LIVE) = Some(LiveRun { live: Arc::clone(&live), process, store: folder });
        Handle { live, latest: Mutex::new(None) }
    }

    /// The run that is being recorded, if there is one; none in a process that was forked from it.
    pub(crate) fn current() -> Option<Arc<Mutex<Self>>> {
        let run = lock(&LIVE).clone()?;
        (run.process == std::process::id()).then_some(run.live)
    }

    /// There is no such run any more, though the process goes on.
    pub(crate) fn forget() {
        *lock(&LIVE) = None;
    }

    /// The store of the run that is being recorded, also in a process that was forked from it.
    pub(crate) fn folder() -> Option<PathBuf> {
        lock(&LIVE).as_ref()?.store.clone()
    }

    /// Says once that something of clew's failed.
    pub(crate) fn fault(&mut self, message: &str) {
        if self.faults.is_empty() {
            complain(format_args!("{message}"));
        }
        self.journal.note(message);
        self.faults.push(message.to_owned());
    }
}

/// Has forks of this process find nothing of the store's open and no lock of ours held.
///
/// Handlers that were there before run after ours, so this is asked for early.
pub(crate) fn hear_of_forks(py: Python<'_>) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without it a child that saves is refused.
        let _ = register_at_fork(py);
    });
}

fn register_at_fork(py: Python<'_>) -> PyResult<()> {
    let before = PyCFunction::new_closure(py, None, None, |arguments, _| {
        clew_cpython::wait_for_pickler(arguments.py());
        rest();
        fork::before();
    })?;
    let in_parent = PyCFunction::new_closure(py, None, None, |_, _| fork::after_in_parent())?;
    let in_child = PyCFunction::new_closure(py, None, None, |_, _| {
        fork::after_in_child();
        if let Some(run) = lock(&LIVE).as_ref() {
            clew_cpython::after_fork_in_child(run.process);
        }
    })?;
    let details = PyDict::new(py);
    details.set_item("before", before)?;
    details.set_item("after_in_parent", in_parent)?;
    details.set_item("after_in_child", in_child)?;
    py.import("os")?.call_method("register_at_fork", (), Some(&details)).map(drop)
}

/// Lets the writer's thread end. Who holds the run's lock is about to be done: it does not wait for the
/// interpreter, which is ours.
fn rest() {
    const PATIENCE: Duration = Duration::from_secs(10);
    let Some(live) = Live::current() else { return };
    let started = Instant::now();
    loop {
        match live.try_lock() {
            Ok(live) => return live.journal.rest(),
            Err(TryLockError::Poisoned(live)) => return live.into_inner().journal.rest(),
            Err(TryLockError::WouldBlock) if started.elapsed() > PATIENCE => return,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_micros(100)),
        }
    }
}

/// Begins a journal, redacted where that is wanted or the environment says so.
pub(crate) fn begin_journal(store: Option<&Store>, session: Session, redact: bool) -> Journal {
    let always = std::env::var_os("CLEW_REDACT").is_some_and(|set| !set.is_empty() && set != "0");
    match redact || always {
        true => Journal::begin_redacted(store, session),
        false => Journal::begin(store, session),
    }
}

/// A session that begins now.
pub(crate) fn new_session(py: Python<'_>, arguments: Vec<String>) -> Session {
    let version = py.version_info();
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Session {
        id: Journal::new_session_id(),
        kind: SessionKind::Script,
        python_version: format!("{}.{}.{}", version.major, version.minor, version.patch),
        created: Timestamp(i64::try_from(now.as_micros()).unwrap_or(i64::MAX)),
        working_directory: std::env::current_dir()
            .map(|folder| os_text::to_text(folder.as_os_str()))
            .unwrap_or_default(),
        arguments,
    }
}

/// The recorder's end of a run. In a forked child it leads nowhere.
pub(crate) struct Handle {
    pub(crate) live: Arc<Mutex<Live>>,
    /// The text whose statements were asked for last, since each statement asks.
    latest: Mutex<Option<(SourceId, Arc<Unit>)>>,
}

impl Handle {
    /// Locks the run, in the process that it is of.
    fn own(&self) -> Option<MutexGuard<'_, Live>> {
        // Each statement asks, and the number of the process would have to be asked of the system.
        (!clew_cpython::is_forked()).then(|| lock(&self.live))
    }
}

impl Findings for Handle {
    fn findings(&self, about: &str) -> Vec<Vec<u8>> {
        let live = self.own();
        let store = live.as_ref().and_then(|live| live.store.as_ref());
        // Where they cannot be read, they are found out again.
        store.and_then(|store| store.findings(about).ok()).unwrap_or_default()
    }

    fn found(&mut self, about: &str, content: Vec<u8>) {
        if let Some(live) = self.own() {
            live.journal.keep_finding(about.to_owned(), content);
        }
    }
}

impl Recording for Handle {
    fn begin_source(&mut self, location: SourceLocation, text: &str) -> Result<SourceId, String> {
        let mut live = self.own().ok_or("this process is not recorded")?;
        live.journal.begin_source(location, text).map_err(|error| describe(&error))
    }

    fn unit(&self, source: SourceId) -> Option<Arc<Unit>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, unit)) = latest.as_ref().filter(|(known, _)| *known == source) {
            return Some(Arc::clone(unit));
        }
        let unit = self.own()?.journal.unit(source)?;
        *latest = Some((source, Arc::clone(&unit)));
        Some(unit)
    }

    fn record(&mut self, outcome: &Outcome) -> Result<(), String> {
        let Some(mut live) = self.own() else { return Ok(()) };
        live.journal.record(outcome).map_err(|error| describe(&error))
    }

    fn digest_steps(&self) -> usize {
        match self.own().is_some_and(|live| live.fingerprints) {
            true => usize::MAX,
            false => STEPS_OF_SMALL,
        }
    }

    fn may_follow(&self, source: SourceId, scope: usize) -> bool {
        self.own().is_some_and(|live| live.journal.may_follow(source, scope))
    }

    fn left_function(&mut self, left: LeftFunction) -> Result<(), String> {
        let Some(mut live) = self.own() else { return Ok(()) };
        live.journal.left_function(left).map_err(|error| describe(&error))
    }

    fn deferred(&mut self, deferred: &[Deferred]) {
        let done = self.own().map(|mut live| live.journal.defer(deferred));
        if let Some(Err(error)) = done {
            self.fault(&describe(&error));
        }
    }

    fn only_followed(&mut self, functions: &[(SourceId, usize)]) {
        let done = self.own().map(|mut live| live.journal.only_followed(functions));
        if let Some(Err(error)) = done {
            self.fault(&describe(&error));
        }
    }

    fn by_others(&mut self, found: ByOthers) {
        let done = self.own().map(|mut live| {
            live.shown.extend(found.changed.iter().cloned());
            live.shown.extend(found.states.iter().map(|(key, _)| words_of(key)));
            live.journal.others(&found)
        });
        if let Some(Err(error)) = done {
            self.fault(&describe(&error));
        }
    }

    fn fault(&mut self, message: &str) {
        if let Some(mut live) = self.own() {
            live.fault(message);
        }
    }

    fn lost(&mut self, message: &str) {
        if let Some(mut live) = self.own() {
            live.fault(&format!("{message}; the program goes on unrecorded"));
            live.journal.lose(message);
        }
    }

    fn unfollowed(&mut self, what: &str) {
        if let Some(live) = self.own() {
            complain(format_args!("{what}"));
            live.journal.note(what);
        }
    }

    fn may_end(&mut self) {
        if let Some(live) = self.own() {
            live.journal.rest();
        }
    }

    fn files(&mut self, files: Vec<SessionFile>) {
        if let Some(live) = self.own() {
            live.journal.keep_files(files);
        }
    }

    fn ended(&mut self, variables: &mut dyn Iterator<Item = (String, Bound<'_, PyAny>)>) {
        let Some(fingerprints) = self.own().map(|live| live.fingerprints) else { return };
        // Fingerprints run code of the values' own classes, so nothing is locked meanwhile. Unless they
        // are asked for, there are only those that cost next to nothing and run no such code.
        let (most, mut left) = (STEPS_OF_ONE, STEPS_OF_ALL);
        let last = variables
            .filter_map(|(name, value)| {
                let fingerprint = if fingerprints {
                    clew_cpython::fingerprint(&value).ok()
                } else {
                    left = left.checked_sub(1)?;
                    let (made, steps) = clew_cpython::cheap_fingerprint(&value, most.min(left));
                    left -= steps;
                    Some(made.ok()?)
                };
                let type_name = Some(clew_cpython::type_name(&value));
                Some(FinalVariable { name, type_name, fingerprint })
            })
            .collect();
        if let Some(mut live) = self.own() {
            live.journal.keep_final(last);
        }
    }
}
