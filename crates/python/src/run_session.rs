//! Run a session: a stored program as a whole graph, or a slice of it, run by the executor in this interpreter.

use std::sync::mpsc::channel;

use clew_cpython::{PythonHost, SourceText};
use clew_effects::{Catalog, StateKey};
use clew_executor::Executor;
use clew_graph::{Graph, NodeId, Session, Source};
use clew_session::{Slicer, describe, final_variables};
use clew_store::Store;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::rerun::raised;
use crate::stored::{open, runtime};

/// A session as it stands in a store.
struct Recorded {
    session: Session,
    graph: Graph,
    sources: Vec<Source>,
}

impl Recorded {
    fn latest(store: &Store) -> PyResult<Self> {
        let latest = store.latest_recorded_session().map_err(runtime)?;
        let session =
            latest.ok_or_else(|| PyKeyError::new_err("nothing was recorded yet"))?.session;
        let graph = store.graph(session.id).map_err(runtime)?;
        let sources = store.sources(session.id).map_err(runtime)?;
        Ok(Self { session, graph, sources })
    }
}

/// Runs the latest session of the store in a module of this interpreter, in the session's folder; of it what some
/// variables need, where these are `wanted`. Says what came of it: the `events` as lines, the `values` that are kept
/// and the `times` by variables, of how many `nodes` a value is `kept`, the latest nodes of the external `states` that were met,
/// and the `error` that it `raised`.
///
/// With other `annotations` these are asked in the place of clew's own; `file` is what tracebacks call the script.
#[pyfunction]
#[pyo3(signature = (module, *, file = "<text>", wanted = None, annotations = None, again = false))]
pub(crate) fn run_session<'py>(
    module: &Bound<'py, PyModule>,
    file: &str,
    wanted: Option<Vec<String>>,
    annotations: Option<&str>,
    again: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let py = module.py();
    let store = open()?;
    let Recorded { session, graph, sources } = Recorded::latest(&store)?;
    let slicer = Slicer::new(&graph, &sources).map_err(runtime)?;
    let variables = final_variables(&store, session.id).map_err(runtime)?;
    let slice = wanted.map(|wanted| {
        let sinks = wanted.iter().map(|name| {
            variables.get(name).copied().ok_or_else(|| PyKeyError::new_err(name.clone()))
        });
        Ok::<_, PyErr>(graph.slice(sinks.collect::<PyResult<Vec<NodeId>>>()?))
    });
    let slice = slice.transpose()?;

    let mut executor = Executor::new(Catalog::builtin());
    if let Some(text) = annotations {
        let mut other = Catalog::empty();
        let added = other.add("given.yaml", text);
        added.map_err(|error| PyValueError::new_err(describe(&error)))?;
        executor.reload_annotations(other);
    }
    executor.add_steps(slicer.all_steps());
    let texts = sources.iter().map(|source| {
        executor.add_source(source.clone());
        SourceText { id: source.id, file: file.to_owned(), text: source.text.clone() }
    });
    let mut host = PythonHost::new(module, &texts.collect::<Vec<SourceText>>())?;
    let (sender, events) = channel();
    executor.on_event(move |event| _ = sender.send(event.to_string()));
    let mut result = Ok(());
    for _ in 0..=u8::from(again) {
        result = match &slice {
            Some(slice) => executor.execute_slice(&mut host, &graph, slice, &session),
            None => executor.execute_graph(&mut host, &graph, &session),
        };
    }

    let (values, times, states) = (PyDict::new(py), PyDict::new(py), PyDict::new(py));
    for (name, node) in &variables {
        if let Some(object) = executor.value(*node).and_then(|value| host.object(value)) {
            values.set_item(name, object)?;
        }
        if let Some((start, end)) = executor.execution_time(*node) {
            times.set_item(name, (start.0, end.0))?;
        }
    }
    for node in graph.nodes() {
        let needed = node.kind.implicit_dependencies().iter();
        let keys = needed.filter_map(|needed| needed.state.as_ref()?.parse::<StateKey>().ok());
        for key in keys {
            if let Some(latest) = executor.lookup_external_state(&key) {
                states.set_item(key.to_string(), latest.index())?;
            }
        }
    }
    let kept = graph.ids().filter(|&id| executor.value(id).is_some()).count();
    let found = PyDict::new(py);
    found.set_item("events", events.try_iter().collect::<Vec<String>>())?;
    found.set_item("values", values)?;
    found.set_item("times", times)?;
    found.set_item("states", states)?;
    found.set_item("kept", kept)?;
    found.set_item("nodes", graph.len())?;
    found.set_item("error", result.as_ref().err().map(ToString::to_string))?;
    let error = result.err().map(|error| raised(&host, error).into_value(py));
    found.set_item("raised", error)?;
    Ok(found)
}
