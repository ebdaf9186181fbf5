//! Keeping: a value on its way into the store, and what is said where it does not get there.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use clew_cli::{complain, shown_name};
use clew_graph::Artifact;
use clew_session::{Journal, Saved, Unfinished, describe as words};
use clew_store::{PendingSave, Store, StoreError, ValueAddress};
use pyo3::exceptions::{PyException, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::live::{Live, lock};

/// How long is waited before it is looked whether the user wants to wait on, and for how long in all.
const TURN: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a value is saved to. What it has is locked by each method for itself, so that nobody is kept waiting
/// by somebody who waits for another process.
pub(crate) trait Destination: Sync {
    fn put(&self, sealed: &[u8]) -> Result<ValueAddress, StoreError>;

    /// Begins to keep what is saved; says whether the program has ended.
    fn begin(&self, saved: Saved) -> Result<(PendingSave, bool), StoreError>;
}

/// The run that is recorded, and what the statement at hand has done so far.
pub(crate) struct Recorded<'a> {
    pub(crate) live: &'a Mutex<Live>,
    pub(crate) unfinished: Option<&'a Unfinished>,
}

impl Destination for Recorded<'_> {
    fn put(&self, sealed: &[u8]) -> Result<ValueAddress, StoreError> {
        let live = lock(self.live);
        let store = live.store.as_ref().ok_or(StoreError::Stopped { source: None })?;
        store.put_value_within(sealed, TURN)
    }

    fn begin(&self, mut saved: Saved) -> Result<(PendingSave, bool), StoreError> {
        let mut live = lock(self.live);
        let Live { store, journal, .. } = &mut *live;
        let store = store.as_ref().ok_or(StoreError::Stopped { source: None })?;
        saved.node = self.unfinished.and_then(|so_far| journal.unfinished(so_far).ok()?);
        Ok((journal.begin_save(store, saved), journal.has_ended()))
    }
}

/// A store of plain Python's.
pub(crate) struct Alone<'a> {
    pub(crate) store: &'a Store,
    pub(crate) journal: &'a Journal,
}

impl Destination for Alone<'_> {
    fn put(&self, sealed: &[u8]) -> Result<ValueAddress, StoreError> {
        self.store.put_value_within(sealed, TURN)
    }

    fn begin(&self, saved: Saved) -> Result<(PendingSave, bool), StoreError> {
        Ok((self.journal.begin_save(self.store, saved), false))
    }
}

/// A value on its way into the store.
pub(crate) struct Keepable {
    /// What it is as bytes, where it can be.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) type_name: String,
    pub(crate) fingerprint: Option<String>,
}

impl Keepable {
    /// Keeps the value and what is known of it. What is raised is what the user wants instead: Ctrl-C.
    pub(crate) fn keep(
        self,
        py: Python<'_>,
        place: &impl Destination,
        loss: &Loss<'_>,
    ) -> PyResult<Result<Artifact, StoreError>> {
        let value = match self.sealed.map(|sealed| put(py, place, &sealed)).transpose()?.transpose()
        {
            Ok(address) => address,
            Err(error) if loss.strict => return Ok(Err(error)),
            Err(error) => {
                let reason = words(&error);
                loss.report_once("the value is not kept", &reason);
                *lock(&loss.value_fault) = Some(reason);
                None
            }
        };
        let saved = Saved {
            name: loss.name.to_owned(),
            node: None,
            created: now(),
            type_name: self.type_name,
            fingerprint: self.fingerprint,
            value,
        };
        let (mut pending, has_ended) = match py.detach(|| place.begin(saved)) {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(error)),
        };
        let outcome = loop {
            match py.detach(|| pending.wait_for(TURN)) {
                Ok(outcome) => break outcome,
                Err(still) => pending = still,
            }
            py.check_signals()?;
        };
        if let Some(artifact) = outcome.as_ref().ok().filter(|_| has_ended) {
            without_lineage(artifact, "the program had ended, and with it its recording");
        }
        Ok(outcome)
    }
}

/// Puts bytes into the store, and waits for other processes that have locked it.
fn put(
    py: Python<'_>,
    place: &impl Destination,
    sealed: &[u8],
) -> PyResult<Result<ValueAddress, StoreError>> {
    let started = Instant::now();
    loop {
        match py.detach(|| place.put(sealed)) {
            Err(StoreError::Locked { .. }) if started.elapsed() < PATIENCE => py.check_signals()?,
            outcome => return Ok(outcome),
        }
    }
}

pub(crate) fn without_lineage(artifact: &Artifact, reason: &str) {
    complain(format_args!(
        "saved `{}` version {} without lineage: {reason}",
        shown_name(&artifact.name),
        artifact.version
    ));
}

/// Why artifacts were not saved, as it was told.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What is done where something of an artifact is lost.
pub(crate) struct Loss<'a> {
    pub(crate) name: &'a str,
    pub(crate) strict: bool,
    /// Why the value is not kept, though its code is.
    pub(crate) value_fault: Mutex<Option<String>>,
}

impl Loss<'_> {
    fn report(&self, what: &str) {
        complain(format_args!("artifact `{}`: {what}", shown_name(self.name)));
    }

    /// A program that saves in a loop is told once; each artifact knows it by itself.
    fn report_once(&self, what: &str, reason: &str) {
        let said = format!("{what}, nor is what meets the same: {reason}");
        let mut told = lock(&TOLD);
        if !told.contains(&said) {
            self.report(&said);
            told.push(said);
        }
    }

    /// The value cannot be pickled: says which part of it is at fault.
    pub(crate) fn of_value(
        &self,
        py: Python<'_>,
        value: &Bound<'_, PyAny>,
        error: PyErr,
    ) -> PyResult<Option<Vec<u8>>> {
        if self.strict || !error.is_instance_of::<PyException>(py) {
            return Err(error);
        }
        let part: String = py
            .import("clew._pickling")
            .and_then(|module| module.call_method1("part_at_fault", (value,)))
            .and_then(|part| part.extract())
            .unwrap_or_default();
        let class = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
        let reason = format!("{part} cannot be pickled ({class}: {})", error.value(py));
        self.report(&format!("the value is not kept, but its code is: {reason}"));
        *lock(&self.value_fault) = Some(reason);
        Ok(None)
    }

    /// Nothing could be kept.
    pub(crate) fn of_artifact<'py>(
        &self,
        py: Python<'py>,
        error: &StoreError,
    ) -> PyResult<Bound<'py, PyDict>> {
        let reason = words(error);
        if self.strict {
            return Err(PyRuntimeError::new_err(reason));
        }
        self.report_once("it is not saved", &reason);
        let row = PyDict::new(py);
        row.set_item("name", self.name)?;
        row.set_item("version", py.None())?;
        row.set_item("fault", reason)?;
        Ok(row)
    }
}

fn now() -> clew_graph::Timestamp {
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    clew_graph::Timestamp(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
}
