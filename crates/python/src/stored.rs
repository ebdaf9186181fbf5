//! Stored: where the store is that Python asks, and what it knows of an artifact.

use std::path::PathBuf;
use std::sync::Mutex;

use clew_cli::shown_name;
use clew_graph::{Artifact, NodeId, os_text};
use clew_session::configuration::Configuration;
use clew_session::{
    NoLineage, ProofError, RecordedValue, Sliced, Slicer, Taught, Variables, describe as words,
    final_variables, store_place,
};
use clew_store::{Certificate, Store, StoreError};
use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::live::{Live, hear_of_forks, lock};

/// The store that the program has named, where it has.
static NAMED: Mutex<Option<String>> = Mutex::new(None);

/// Where the store is, whether there is one or not.
#[pyfunction]
pub(crate) fn store_folder() -> std::ffi::OsString {
    os_text::from_text(&place())
}

/// Names the store that is asked and written to from now on; `None` for the project's.
#[pyfunction]
#[pyo3(signature = (store=None))]
pub(crate) fn use_store(store: Option<PathBuf>) -> PyResult<()> {
    if Live::folder().is_some() {
        return Err(PyRuntimeError::new_err(
            "the store of a program that is recorded is named where it is started: `clew run --store`",
        ));
    }
    *lock(&NAMED) = store.map(|store| os_text::to_text(store.as_os_str()));
    Ok(())
}

/// The store of the run that is being recorded, else the project's.
pub(crate) fn place() -> String {
    if let Some(folder) = Live::folder() {
        return os_text::to_text(folder.as_os_str());
    }
    let current = std::env::current_dir().unwrap_or_default();
    store_place(lock(&NAMED).as_deref(), &Configuration::read(&current), &current).0
}

/// The store, to be read.
pub(crate) fn open() -> PyResult<Store> {
    Python::attach(hear_of_forks);
    Store::open_to_read(&place()).map_err(|error| PyRuntimeError::new_err(words(&error)))
}

/// The artifact of a name: its latest version, or the one asked for.
pub(crate) fn find(store: &Store, name: &str, version: Option<u32>) -> PyResult<Artifact> {
    let found =
        store.artifact(name, version).map_err(|error| PyRuntimeError::new_err(words(&error)))?;
    if let Some(found) = found {
        return Ok(found);
    }
    Err(PyKeyError::new_err(unknown_artifact(store, name, version)))
}

/// Says that there is no such artifact, and which there are.
pub(crate) fn unknown_artifact(store: &Store, name: &str, version: Option<u32>) -> String {
    let known = store.artifact_names().unwrap_or_default();
    match version {
        Some(version) if known.iter().any(|known| known == name) => {
            format!("artifact `{name}` has no version {version}")
        }
        _ if known.is_empty() => format!("no artifact `{name}`: nothing is saved yet"),
        _ => format!("no artifact `{name}`; there are: {}", known.join(", ")),
    }
}

/// What Python is told of an artifact.
pub(crate) fn row_of<'py>(py: Python<'py>, artifact: &Artifact) -> PyResult<Bound<'py, PyDict>> {
    let row = PyDict::new(py);
    row.set_item("name", &artifact.name)?;
    row.set_item("saved_as", &artifact.saved_as)?;
    row.set_item("version", artifact.version)?;
    row.set_item("session", artifact.session.to_string())?;
    row.set_item("created", artifact.created.0)?;
    row.set_item("type", &artifact.type_name)?;
    row.set_item("node", artifact.node.map(|node| node.index()))?;
    row.set_item("execution", artifact.execution.to_string())?;
    row.set_item("fingerprint", &artifact.fingerprint)?;
    if artifact.value.is_none() {
        row.set_item("value_fault", "it was not kept when it was saved")?;
    }
    Ok(row)
}

/// Says why no code is known for an artifact.
pub(crate) fn no_lineage(store: &Store, artifact: &Artifact) -> PyErr {
    PyRuntimeError::new_err(format!(
        "no code is known for `{}`: {}",
        shown_name(&artifact.name),
        NoLineage::of(store, artifact)
    ))
}

/// The slice of an artifact with what proofs have put back, and what replays came to.
pub(crate) fn known(
    store: &Store,
    artifact: &Artifact,
    node: NodeId,
) -> Result<(Sliced, Vec<Certificate>), ProofError> {
    let (graph, sources) = (store.graph(artifact.session)?, store.sources(artifact.session)?);
    let slicer = Slicer::new(&graph, &sources)?;
    Ok((sliced(store, artifact, node, &slicer)?, store.certificates(artifact.session)?))
}

/// The slice of an artifact with what proofs have put back.
pub(crate) fn sliced(
    store: &Store,
    artifact: &Artifact,
    node: NodeId,
    slicer: &Slicer<'_>,
) -> Result<Sliced, StoreError> {
    let taught = Taught::of(store, artifact.session)?;
    let variables = final_variables(store, artifact.session)?;
    RecordedValue::of_artifact(artifact, node).slice(store, &taught, slicer, &variables)
}

/// Whether an artifact was saved by the program that runs here.
pub(crate) fn is_live(artifact: &Artifact) -> bool {
    Live::current().is_some_and(|live| lock(&live).journal.session().id == artifact.session)
}

/// Asks about the session that an artifact was saved in, as far as it is recorded by now: with the steps
/// that its slice goes back from.
pub(crate) fn with_slicer<T>(
    store: &Store,
    artifact: &Artifact,
    ask: impl FnOnce(&Slicer<'_>, Vec<NodeId>) -> T,
) -> PyResult<T> {
    if is_live(artifact)
        && let Some(live) = Live::current()
    {
        let live = lock(&live);
        let capture = live.journal.capture();
        let sources: Vec<_> = capture.sources().cloned().collect();
        let node = live.journal.artifact_node(&artifact.saved_as, artifact.version);
        let Some(node) = node.or(artifact.node) else {
            live.journal.rest();
            return Err(no_lineage(store, artifact));
        };
        let known: Variables =
            capture.variables().map(|(name, node)| (name.to_owned(), node)).collect();
        let slicer = Slicer::new(capture.graph(), &sources).map_err(runtime)?;
        let sinks = slicer.sinks_of_artifact(node, &artifact.type_name, &known);
        return Ok(ask(&slicer, sinks));
    }
    let node = artifact.node.ok_or_else(|| no_lineage(store, artifact))?;
    let graph = store.graph(artifact.session).map_err(runtime)?;
    let sources = store.sources(artifact.session).map_err(runtime)?;
    let slicer = Slicer::new(&graph, &sources).map_err(runtime)?;
    let variables = final_variables(store, artifact.session).map_err(runtime)?;
    let sinks = RecordedValue::of_artifact(artifact, node).sinks(&slicer, &variables);
    Ok(ask(&slicer, sinks))
}

/// An error of clew's as one of Python's.
pub(crate) fn runtime(error: impl std::error::Error) -> PyErr {
    PyRuntimeError::new_err(words(&error))
}
