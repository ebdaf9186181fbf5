//! Saving: values kept under names, and brought back.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clew_cli::shown_name;
use clew_cpython::{
    is_forked, note_saved, pickle, type_name, unfinished, unfollowed_caller, unpickle,
};
use clew_graph::{Artifact, NodeId, Session, Source, os_text};
use clew_session::{
    NoLineage, ProofError, RecordedValue, Refusal, ReplaySettings, Replayer, Sliced, Slicer,
    describe as words, file_of, final_variables, redacted_lines, started_by_name, trust,
};
use clew_store::{Certificate, Store, StoreError, ValueAddress};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::keeping::{Alone, Keepable, Loss, Recorded, without_lineage};
use crate::live::{Live, begin_journal, hear_of_forks, lock, new_session};
use crate::stored::{find, is_live, known, no_lineage, open, place, row_of, with_slicer};

/// Digests what a value holds. Equal content gives equal text, in every process.
#[pyfunction]
pub(crate) fn fingerprint(value: &Bound<'_, PyAny>) -> PyResult<String> {
    clew_cpython::fingerprint(value).map_err(PyValueError::new_err)
}

/// Gives this process a view of its own of some folders: of each its path, an empty folder that takes
/// what is changed, one for the file system's use, and whether it is needed.
#[pyfunction]
pub(crate) fn isolate(layers: Vec<(String, String, String, bool)>) -> PyResult<()> {
    let layers: Vec<clew_cpython::Layer> = layers
        .into_iter()
        .map(|(root, upper, work, needed)| clew_cpython::Layer { root, upper, work, needed })
        .collect();
    clew_cpython::isolate(&layers).map_err(PyErr::from)
}

/// Forgets the modules that an import would find in a folder instead, once that is first on the path.
#[pyfunction]
pub(crate) fn forget_shadowed(py: Python<'_>, folder: PathBuf) -> PyResult<()> {
    clew_cpython::forget_shadowed(py, &folder)
}

/// Makes the recorder fail, if there is one; for the tests.
#[pyfunction]
pub(crate) fn panic_in_recorder() {
    clew_cpython::panic_in_recorder();
}

/// Has the recorder be at work for some seconds while other threads run, for tests of what is missed then.
#[pyfunction]
pub(crate) fn rest_in_recorder(py: Python<'_>, seconds: f64) {
    clew_cpython::rest_in_recorder(py, std::time::Duration::from_secs_f64(seconds));
}

/// Sees to it that nothing of a store lands in files of the program's own, and that what happens to a store's
/// files does not end the program.
pub(crate) fn guard_store_files() {
    #[cfg(target_os = "linux")]
    clew_cpython::guard_store_files();
}

/// Keeps a value under a name; gives the artifact's description.
///
/// A value that cannot be kept is reported, and its code is kept without it: a program must not stop
/// for that unless it says `strict`.
#[pyfunction]
#[pyo3(signature = (value, name, strict=false))]
pub(crate) fn save<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
    name: &str,
    strict: bool,
) -> PyResult<Bound<'py, PyDict>> {
    if name.is_empty() {
        return Err(PyValueError::new_err("an artifact needs a name; the name given is empty"));
    }
    guard_store_files();
    hear_of_forks(py);
    let fingerprint = clew_cpython::fingerprint(value);
    let loss = Loss { name, strict, value_fault: Mutex::default() };
    let bytes = match pickle(value) {
        Ok(bytes) => Some(bytes),
        Err(error) => loss.of_value(py, value, error)?,
    };
    let kept = Keepable {
        sealed: bytes.map(trust::seal),
        type_name: type_name(value),
        fingerprint: fingerprint.ok(),
    };
    let live = Live::current();
    let unfollowed = unfollowed_caller(py);
    // The statement at hand may never end, and what is known of it is to be kept before we return.
    let followed = live.as_ref().filter(|_| unfollowed.is_none());
    let unfinished = followed.and_then(|_| unfinished(value));
    let artifact = match live {
        Some(live) => {
            let recorded = Recorded { live: &live, unfinished: unfinished.as_ref() };
            kept.keep(py, &recorded, &loss)?
        }
        None => save_alone(py, kept, &loss)?,
    };
    match artifact {
        Ok(artifact) => {
            match (&unfollowed, unfinished) {
                (Some(reason), _) => note_without_lineage(&artifact, reason),
                (None, Some(unfinished)) => note_saved(name, artifact.version, value, unfinished),
                (None, None) => {}
            }
            let row = row_of(py, &artifact)?;
            if let Some(fault) = &*lock(&loss.value_fault) {
                row.set_item("value_fault", fault)?;
            }
            Ok(row)
        }
        Err(error) => loss.of_artifact(py, &error),
    }
}

/// Keeps why an artifact of the run that is recorded has no lineage.
fn note_without_lineage(artifact: &Artifact, reason: &str) {
    if let Some(live) = Live::current() {
        lock(&live).journal.note(&NoLineage::note(artifact, reason));
    }
}

/// Keeps a value in plain Python, where nothing is recorded.
fn save_alone(
    py: Python<'_>,
    kept: Keepable,
    loss: &Loss<'_>,
) -> PyResult<Result<Artifact, StoreError>> {
    let store = match Store::open(&place()) {
        Ok(store) => store,
        Err(error) => return Ok(Err(error)),
    };
    let arguments = py
        .import("sys")
        .and_then(|sys| sys.getattr("argv"))
        .and_then(|argv| argv.extract::<Vec<OsString>>())
        .unwrap_or_default();
    let arguments = arguments.iter().map(|word| os_text::to_text(word)).collect();
    let mut journal = begin_journal(Some(&store), new_session(py, arguments), false);
    let outcome = kept.keep(py, &Alone { store: &store, journal: &journal }, loss);
    if outcome.is_err() {
        // Whoever interrupts does not want to wait for what is on its way.
        let _ = py.detach(|| journal.finish("interrupted"));
    }
    let artifact = match outcome? {
        Ok(artifact) => artifact,
        Err(error) => return Ok(Err(error)),
    };
    journal.note("saved by plain Python: no lineage was captured");
    if let Err(error) = journal.finish("0") {
        return Ok(Err(error));
    }
    let reason = match is_forked() {
        true => "this process was forked from the one that is recorded",
        false => "this program does not run under `clew run`",
    };
    without_lineage(&artifact, reason);
    Ok(Ok(artifact))
}

/// The description of an artifact: its latest version unless another is asked for.
#[pyfunction]
#[pyo3(signature = (name, version=None))]
pub(crate) fn describe<'py>(
    py: Python<'py>,
    name: &str,
    version: Option<u32>,
) -> PyResult<Bound<'py, PyDict>> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    let row = row_of(py, &artifact)?;
    row.set_item("variable", variable(&store, &artifact))?;
    row.set_item("redacted", redacted_lines(&store, artifact.session))?;
    row.set_item("changeable", trust::changeable_by_others(store.folder()))?;
    let Some((session, sources)) = session_of(&store, &artifact) else { return Ok(row) };
    let file = file_of(&sources);
    row.set_item("module", started_by_name(&session, file.as_deref()))?;
    row.set_item("file", file.map(|file| os_text::from_text(&file)))?;
    row.set_item("folder", os_text::from_text(&session.working_directory))?;
    row.set_item("python", &session.python_version)?;
    let arguments: Vec<_> = session.arguments.iter().map(|word| os_text::from_text(word)).collect();
    row.set_item("arguments", arguments)?;
    Ok(row)
}

/// The session that an artifact was saved in, and its texts.
fn session_of(store: &Store, artifact: &Artifact) -> Option<(Session, Vec<Source>)> {
    if let Some(live) = Live::current() {
        let live = lock(&live);
        if live.journal.session().id == artifact.session {
            let sources = live.journal.capture().sources().cloned().collect();
            return Some((live.journal.session().clone(), sources));
        }
    }
    let session = store.session(&artifact.session.to_string()).ok()?.session;
    Some((session, store.sources(artifact.session).ok()?))
}

/// The variable that an artifact was saved from, where that is known.
fn variable(store: &Store, artifact: &Artifact) -> Option<String> {
    let node = artifact.node?;
    with_slicer(store, artifact, |slicer, _| slicer.variable_of(node)).ok()?
}

/// The names of all artifacts.
#[pyfunction]
pub(crate) fn names() -> PyResult<Vec<String>> {
    open()?.artifact_names().map_err(|error| PyRuntimeError::new_err(words(&error)))
}

/// The code behind an artifact.
#[pyfunction]
#[pyo3(signature = (name, version=None, force=false, prove=false, allow_untrusted=false))]
pub(crate) fn code(
    py: Python<'_>,
    name: &str,
    version: Option<u32>,
    force: bool,
    prove: bool,
    allow_untrusted: bool,
) -> PyResult<String> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    // What runs at this moment is asked itself, for the end of it is not on the disk yet.
    if is_live(&artifact) {
        if prove {
            return Err(PyRuntimeError::new_err(format!(
                "the code of `{}` can be proven when the program that saved it has ended",
                shown_name(name)
            )));
        }
        let sliced = with_slicer(&store, &artifact, |slicer, sinks| slicer.slice(sinks))?;
        return given(sliced, name, &[], force);
    }
    let node = artifact.node.ok_or_else(|| no_lineage(&store, &artifact))?;
    let python: PathBuf = py.import("sys")?.getattr("executable")?.extract()?;
    let asked = py.detach(|| match prove {
        true => proven(&store, &artifact, node, (&python, allow_untrusted)),
        false => known(&store, &artifact, node)
            .map(|(sliced, certificates)| (sliced, certificates, None)),
    });
    let (sliced, certificates, reason) =
        asked.map_err(|error| PyRuntimeError::new_err(words(&error)))?;
    match reason.filter(|_| !force) {
        Some(reason) => Err(PyRuntimeError::new_err(format!(
            "the slice of `{}` is not proven: {reason}",
            shown_name(name)
        ))),
        None => given(sliced, name, &certificates, force),
    }
}

/// The slice of an artifact as a proof leaves it, and why it does not make the value if it does not.
fn proven(
    store: &Store,
    artifact: &Artifact,
    node: NodeId,
    (python, allow_untrusted): (&Path, bool),
) -> Result<(Sliced, Vec<Certificate>, Option<String>), ProofError> {
    let (graph, sources) = (store.graph(artifact.session)?, store.sources(artifact.session)?);
    let slicer = Slicer::new(&graph, &sources)?;
    let session = store.session(&artifact.session.to_string())?.session;
    let settings = ReplaySettings { allow_untrusted, ..ReplaySettings::default() };
    let replayer = Replayer::new(store, &session, &sources, python, settings)?
        .watched(|_| Python::attach(|py| py.check_signals().is_ok()));
    let variables = final_variables(store, artifact.session)?;
    let value = RecordedValue::of_artifact(artifact, node);
    let proof = value.prove(store, &session, &slicer, &variables, &replayer)?;
    Ok((proof.sliced, store.certificates(artifact.session)?, proof.verdict.reason()))
}

/// The text of a slice that is not refused.
fn given(
    sliced: Sliced,
    name: &str,
    certificates: &[Certificate],
    force: bool,
) -> PyResult<String> {
    match Refusal::of(&sliced, certificates) {
        Some(reason) if !force => Err(PyRuntimeError::new_err(format!(
            "the slice of `{}` is refused: {reason}; get_code(force=True) gives it all the same",
            shown_name(name)
        ))),
        _ => Ok(sliced.code),
    }
}

/// The value of an artifact.
#[pyfunction]
#[pyo3(signature = (name, version=None, allow_untrusted=false))]
pub(crate) fn value<'py>(
    py: Python<'py>,
    name: &str,
    version: Option<u32>,
    allow_untrusted: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    let address: ValueAddress =
        artifact.value.as_deref().and_then(|address| address.parse().ok()).ok_or_else(|| {
            PyRuntimeError::new_err(format!("no value is kept for `{}`", shown_name(name)))
        })?;
    let bytes = store.get_value(address).map_err(|error| PyRuntimeError::new_err(words(&error)))?;
    loaded(py, &bytes, name, allow_untrusted)
}

/// The value of an artifact behind the bytes that a store keeps; for replays.
#[pyfunction]
pub(crate) fn loaded<'py>(
    py: Python<'py>,
    bytes: &[u8],
    name: &str,
    allow_untrusted: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let opened = trust::open(bytes);
    let signer = opened.signer.map(|signer| signer.to_string());
    unpickle(py, opened.content, opened.trusted || allow_untrusted, (name, signer))
}

/// What pickles name to make an array.
#[pyfunction]
pub(crate) fn read_array<'py>(content: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    clew_cpython::read_array(content)
}

/// What pickles name to make a number of NumPy's.
#[pyfunction]
pub(crate) fn read_number<'py>(
    kind: &str,
    content: &Bound<'py, PyBytes>,
) -> PyResult<Bound<'py, PyAny>> {
    clew_cpython::read_number(kind, content)
}

/// What pickles name to make a frame.
#[pyfunction]
pub(crate) fn read_frame<'py>(content: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    clew_cpython::read_frame(content)
}
