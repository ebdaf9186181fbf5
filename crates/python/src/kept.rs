//! Kept: what a store holds, listed, deleted and asked about from Python.

use std::path::PathBuf;

use clew_cli::shown_name;
use clew_graph::os_text;
use clew_session::{
    AnnotationFile, AnnotationFolder, Comparison, RecordedValue, ReplaySettings, Replayer, Slicer,
    ValueDifference, describe as words, picture,
};
use clew_store::{Store, Version};
use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::stored::{
    find, is_live, no_lineage, open, place, row_of, runtime, sliced, unknown_artifact, with_slicer,
};

/// Every artifact, by name and version; none where there is no store.
#[pyfunction]
pub(crate) fn artifacts(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    if !os_text::path(&place()).exists() {
        return Ok(Vec::new());
    }
    let artifacts = open()?.artifacts().map_err(runtime)?;
    artifacts.iter().map(|artifact| row_of(py, artifact)).collect()
}

/// Deletes versions of an artifact, the latest unless another or all are named; gives their numbers.
#[pyfunction]
#[pyo3(signature = (name, version=None, all=false))]
pub(crate) fn delete(name: &str, version: Option<u32>, all: bool) -> PyResult<Vec<u32>> {
    let which = match version {
        _ if all => Version::All,
        Some(version) => Version::Number(version),
        None => Version::Latest,
    };
    // Asked first, so that a wrong name does not make a store.
    find(&open()?, name, version)?;
    let store = Store::open(&place()).map_err(runtime)?;
    let deleted = store.delete_artifact(name, which).map_err(runtime)?;
    match deleted.is_empty() {
        true => Err(PyKeyError::new_err(unknown_artifact(&store, name, version))),
        false => Ok(deleted),
    }
}

/// A statement with its place and why it is there.
type Explained = (String, String, Vec<String>);

/// The statements of an artifact's slice: where each stands, its first line, and what it is needed for.
#[pyfunction]
#[pyo3(signature = (name, version=None))]
pub(crate) fn why(name: &str, version: Option<u32>) -> PyResult<Vec<Explained>> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    let kept = with_slicer(&store, &artifact, |slicer, sinks| slicer.why(sinks))?;
    Ok(kept
        .into_iter()
        .map(|statement| {
            let reasons = statement.reasons.iter().map(ToString::to_string).collect();
            (statement.position.to_string(), statement.text, reasons)
        })
        .collect())
}

/// A picture of an artifact's slice, as `svg` or as `html`.
#[pyfunction]
#[pyo3(signature = (name, version=None, form="svg"))]
pub(crate) fn picture_of(name: &str, version: Option<u32>, form: &str) -> PyResult<String> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    let (kept, facts) = with_slicer(&store, &artifact, |slicer, sinks| {
        (slicer.why(sinks), slicer.facts(&store, artifact.session))
    })?;
    let (title, facts) =
        (format!("{}@{}", artifact.name, artifact.version), facts.map_err(runtime)?);
    Ok(match form {
        "html" => picture::html(&title, &kept, &facts),
        _ => picture::svg(&title, &kept, &facts),
    })
}

/// All that the session of an artifact ran, as one text.
#[pyfunction]
#[pyo3(signature = (name, version=None))]
pub(crate) fn session_code(name: &str, version: Option<u32>) -> PyResult<String> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    with_slicer(&store, &artifact, |slicer, _| slicer.program())
}

/// Replays the slice of an artifact and compares; gives the verdict.
#[pyfunction]
#[pyo3(signature = (name, version=None, allow_effects=false, allow_untrusted=false))]
pub(crate) fn verify<'py>(
    py: Python<'py>,
    name: &str,
    version: Option<u32>,
    allow_effects: bool,
    allow_untrusted: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    if is_live(&artifact) {
        return Err(PyRuntimeError::new_err(format!(
            "`{}` can be verified when the program that saved it has ended",
            shown_name(name)
        )));
    }
    let node = artifact.node.ok_or_else(|| no_lineage(&store, &artifact))?;
    let python: PathBuf = py.import("sys")?.getattr("executable")?.extract()?;
    let settings = ReplaySettings { allow_effects, allow_untrusted, ..ReplaySettings::default() };
    let asked = py.detach(|| {
        let (graph, sources) = (store.graph(artifact.session)?, store.sources(artifact.session)?);
        let slicer = Slicer::new(&graph, &sources)?;
        let session = store.session(&artifact.session.to_string())?.session;
        let replayer = Replayer::new(&store, &session, &sources, &python, settings)?
            .watched(|_| Python::attach(|py| py.check_signals().is_ok()));
        let sliced = sliced(&store, &artifact, node, &slicer)?;
        let value = RecordedValue::of_artifact(&artifact, node);
        let (verdict, replayed) = value.compared(&store, &slicer, &replayer, &sliced.code)?;
        value.certify(&store, &session, &sliced, &verdict)?;
        Ok::<_, clew_session::ProofError>((verdict, replayed, sliced))
    });
    let (verdict, replayed, sliced) = asked.map_err(runtime)?;
    let row = PyDict::new(py);
    row.set_item("verdict", verdict.word())?;
    row.set_item("reason", verdict.reason())?;
    row.set_item("kept", sliced.kept)?;
    row.set_item("statements", sliced.statements)?;
    row.set_item("notes", replayed.notes)?;
    Ok(row)
}

/// How two artifacts differ: as text, and the words of what does.
#[pyfunction]
pub(crate) fn difference<'py>(
    py: Python<'py>,
    left: &str,
    left_version: u32,
    right: &str,
    right_version: u32,
) -> PyResult<Bound<'py, PyDict>> {
    let store = open()?;
    let left = find(&store, left, Some(left_version))?;
    let right = find(&store, right, Some(right_version))?;
    let mut compared = Comparison::of(&store, &left, &right).map_err(runtime)?;
    if compared.equal != Some(true) {
        let names = (&left.name, left.version, &right.name, right.version);
        let found = py.import("clew._difference")?.call_method1("compared", names)?;
        let found = py.import("json")?.call_method1("dumps", (found,))?.extract::<String>()?;
        let unknown = |error: serde_json::Error| ValueDifference::unknown(error.to_string());
        compared.value = Some(serde_json::from_str(&found).unwrap_or_else(unknown));
    }
    let row = PyDict::new(py);
    row.set_item("text", compared.to_string())?;
    row.set_item("equal", compared.equal)?;
    row.set_item("differs", compared.differs())?;
    let aspects = serde_json::to_string(&compared.aspects)
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    row.set_item(
        "aspects",
        py.import("json")?.call_method1("loads", (os_text::in_json(&aspects),))?,
    )?;
    Ok(row)
}

/// What is wrong with the annotation files that the store keeps.
#[pyfunction]
pub(crate) fn annotation_problems() -> Vec<String> {
    let folder = AnnotationFolder::of_store(&place());
    let kept = folder.map(|folder| folder.kept()).unwrap_or_default();
    let read = kept.iter().filter_map(|(_, path)| AnnotationFile::read_kept(path).err());
    read.map(|error| words(&error)).collect()
}
