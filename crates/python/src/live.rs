//! Live: the run that this process is recording.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clew_cli::complain;
use clew_cpython::{Findings, Recording};
use clew_graph::{Session, SessionKind, SourceId, SourceLocation, Timestamp, os_text};
use clew_session::{Deferred, FinalVariable, Journal, Outcome, SessionFile, describe};
use clew_store::Store;
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
    process: u32,
}

/// How many steps the fingerprint of a variable may take that was not asked for, and those of all.
const STEPS_OF_ONE: usize = 2_000;
const STEPS_OF_ALL: usize = 8_000;

static LIVE: Mutex<Option<Arc<Mutex<Live>>>> = Mutex::new(None);

/// Locks, whoever panicked while holding the lock: a report half done is still a report.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Begins to record.
    pub(crate) fn begin(store: Option<Store>, session: Session, fingerprints: bool) -> Handle {
        let journal = Journal::begin(store.as_ref(), session);
        let live =
            Self { store, journal, fingerprints, faults: Vec::new(), process: std::process::id() };
        let live = Arc::new(Mutex::new(live));
        *lock(&LIVE) = Some(Arc::clone(&live));
        Handle(live)
    }

    /// The run that is being recorded, if there is one.
    pub(crate) fn current() -> Option<Arc<Mutex<Self>>> {
        lock(&LIVE).clone()
    }

    /// Has the writer rest before each fork of this process.
    pub(crate) fn rest_before_forks(py: Python<'_>) -> PyResult<()> {
        let rest = PyCFunction::new_closure(py, None, None, |_, _| {
            // Whoever holds one of the locks is about to send something, and no fork is theirs.
            if let Ok(live) = LIVE.try_lock()
                && let Some(live) = live.as_ref()
                && let Ok(live) = live.try_lock()
                && live.is_own()
            {
                live.journal.rest();
            }
        })?;
        let details = PyDict::new(py);
        details.set_item("before", rest)?;
        py.import("os")?.call_method("register_at_fork", (), Some(&details)).map(drop)
    }

    /// Whether this process is the one that began it, and not a fork of it.
    pub(crate) fn is_own(&self) -> bool {
        self.process == std::process::id()
    }

    /// Says once that something of clew's failed.
    pub(crate) fn fault(&mut self, message: &str) {
        if self.faults.is_empty() && self.is_own() {
            complain(format_args!("{message}"));
        }
        self.journal.note(message);
        self.faults.push(message.to_owned());
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

/// The recorder's end of a run.
pub(crate) struct Handle(pub(crate) Arc<Mutex<Live>>);

impl Findings for Handle {
    fn findings(&self, about: &str) -> Vec<Vec<u8>> {
        let live = lock(&self.0);
        // Where they cannot be read, they are found out again.
        live.store.as_ref().and_then(|store| store.findings(about).ok()).unwrap_or_default()
    }

    fn found(&mut self, about: &str, content: Vec<u8>) {
        lock(&self.0).journal.keep_finding(about.to_owned(), content);
    }
}

impl Recording for Handle {
    fn begin_source(&mut self, location: SourceLocation, text: &str) -> Result<SourceId, String> {
        lock(&self.0).journal.begin_source(location, text).map_err(|error| describe(&error))
    }

    fn unit(&self, source: SourceId) -> Option<Arc<Unit>> {
        lock(&self.0).journal.unit(source)
    }

    fn record(&mut self, outcome: &Outcome) -> Result<(), String> {
        lock(&self.0).journal.record(outcome).map_err(|error| describe(&error))
    }

    fn deferred(&mut self, deferred: &[Deferred]) {
        let done = lock(&self.0).journal.defer(deferred);
        if let Err(error) = done {
            self.fault(&describe(&error));
        }
    }

    fn fault(&mut self, message: &str) {
        lock(&self.0).fault(message);
    }

    fn lost(&mut self, message: &str) {
        let mut live = lock(&self.0);
        live.fault(&format!("{message}; the program goes on unrecorded"));
        live.journal.lose(message);
    }

    fn unfollowed(&mut self, what: &str) {
        let live = lock(&self.0);
        if live.is_own() {
            complain(format_args!("{what}"));
            live.journal.note(what);
        }
    }

    fn files(&mut self, files: Vec<SessionFile>) {
        let live = lock(&self.0);
        if live.is_own() {
            live.journal.keep_files(files);
        }
    }

    fn ended(&mut self, variables: &mut dyn Iterator<Item = (String, Bound<'_, PyAny>)>) {
        let (fingerprints, own) = {
            let live = lock(&self.0);
            (live.fingerprints, live.is_own())
        };
        if !own {
            return;
        }
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
        lock(&self.0).journal.keep_final(last);
    }
}
