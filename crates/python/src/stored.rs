//! Stored: where the store is that Python asks, and what it knows of an artifact.

use std::path::PathBuf;
use std::sync::Mutex;

use clew_cli::shown_name;
use clew_graph::{Artifact, NodeId, os_text};
use clew_session::configuration::Configuration;
use clew_session::{
    NoLineage, ProofError, RecordedValue, Sliced, Slicer, Taught, Variables, describe as words,
    store_place,
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
    let value = value_of(artifact, node);
    let sinks = value.sinks(&slicer, &variables(store, artifact)?);
    let taught = Taught::of(store, artifact.session)?;
    let adjustment = value.adjustment(store, &taught, &slicer, &sinks)?;
    Ok((slicer.slice_with(sinks, &adjustment), store.certificates(artifact.session)?))
}

/// An artifact's value, as it was recorded.
pub(crate) fn value_of(artifact: &Artifact, node: NodeId) -> RecordedValue<'_> {
    RecordedValue {
        name: &artifact.saved_as,
        node,
        artifact: Some(artifact),
        fingerprint: artifact.fingerprint.clone(),
    }
}

/// Which step each variable's value is at the end of the session of an artifact.
pub(crate) fn variables(store: &Store, artifact: &Artifact) -> Result<Variables, StoreError> {
    let all = store.variables(artifact.session)?;
    Ok(all.into_iter().filter_map(|variable| Some((variable.name, variable.node?))).collect())
}
