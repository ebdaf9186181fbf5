//! Run nodes: a graph that is given as text, run node by node in this interpreter.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use clew_cpython::{PythonHost, SourceText};
use clew_effects::Catalog;
use clew_executor::Executor;
use clew_graph::{NodeId, Session, SessionKind, Source, SourceId, SourceLocation, Timestamp};
use clew_session::describe;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::rerun::{raised, read_graph};

/// Runs the nodes of a graph one by one in a module of this interpreter, and says what came of it: the `events` as lines, the `values` and
/// `times` of nodes by their places, what was `raised`, and the `error` in words.
///
/// With `variables` they run as for the first time; with `folder` as a whole graph in that folder, of which `sinks`
/// makes a slice. `again` runs it once more by the same executor.
#[pyfunction]
#[pyo3(signature = (module, graph, *, annotations = None, source = None, file = None, variables = None, folder = None, sinks = None, again = false))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn run_nodes<'py>(
    module: &Bound<'py, PyModule>,
    graph: &str,
    annotations: Option<&str>,
    source: Option<(String, String)>,
    file: Option<String>,
    variables: Option<BTreeMap<String, u32>>,
    folder: Option<String>,
    sinks: Option<Vec<u32>>,
    again: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let py = module.py();
    let graph = read_graph(graph)?;
    let mut catalog = if annotations.is_some() { Catalog::empty() } else { Catalog::builtin() };
    if let Some(text) = annotations {
        let added = catalog.add("given.yaml", text);
        added.map_err(|error| PyValueError::new_err(describe(&error)))?;
    }
    let mut executor = Executor::new(catalog);
    let mut sources = Vec::new();
    if let Some((file, text)) = source {
        let id = SourceId::new(0);
        let location = SourceLocation::Text;
        executor.add_source(Source { id, location, text: text.clone() });
        sources.push(SourceText { id, file, text });
    }
    if let Some(file) = file {
        executor.set_module_file(file);
    }
    let (sender, events) = channel();
    executor.on_event(move |event| _ = sender.send(event.to_string()));
    let mut host = PythonHost::new(module, &sources)?;
    let variables = variables.map(|known| {
        let nodes = known.into_iter().map(|(name, node)| (name, NodeId::new(node)));
        nodes.collect::<BTreeMap<String, NodeId>>()
    });
    let slice = sinks.map(|sinks| graph.slice(sinks.into_iter().map(NodeId::new)));
    let mut result = Ok(());
    for _ in 0..=u8::from(again) {
        result = match folder.clone().map(session) {
            None => graph.nodes().iter().try_for_each(|node| {
                executor.execute_node(&mut host, node, variables.as_ref()).map(drop)
            }),
            Some(session) => match &slice {
                Some(slice) => executor.execute_slice(&mut host, &graph, slice, &session),
                None => executor.execute_graph(&mut host, &graph, &session),
            },
        };
    }
    let (values, times) = (PyDict::new(py), PyDict::new(py));
    for id in graph.ids() {
        if let Some(object) = executor.value(id).and_then(|value| host.object(value)) {
            values.set_item(id.index(), object)?;
        }
        if let Some((start, end)) = executor.execution_time(id) {
            times.set_item(id.index(), (start.0, end.0))?;
        }
    }
    let found = PyDict::new(py);
    found.set_item("events", events.try_iter().collect::<Vec<String>>())?;
    found.set_item("values", values)?;
    found.set_item("times", times)?;
    found.set_item("error", result.as_ref().err().map(ToString::to_string))?;
    let error = result.err().map(|error| raised(&host, error).into_value(py));
    found.set_item("raised", error)?;
    Ok(found)
}

fn session(folder: String) -> Session {
    Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: folder,
        arguments: Vec::new(),
    }
}
