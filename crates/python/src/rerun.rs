//! Rerun: steps run by the executor in this interpreter.

use std::ops::ControlFlow;

use clew_cpython::{PythonHost, SourceText};
use clew_effects::Catalog;
use clew_executor::{ExecuteError, Executor};
use clew_graph::{Graph, SourceId, Step, TextError};
use clew_session::describe;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyModule;

/// What the program raised, as it raised it.
pub(crate) fn raised(host: &PythonHost<'_>, error: ExecuteError) -> PyErr {
    match error {
        ExecuteError::Raised { raised, .. } => match host.object(raised.value) {
            Some(error) => PyErr::from_value(error),
            None => PyRuntimeError::new_err(raised.to_string()),
        },
        error => PyRuntimeError::new_err(describe(&error)),
    }
}

/// Runs steps, given as JSON, in a module; `sources` are their texts, each with its file. Given the graph of their nodes, as text,
/// steps run by their nodes where these say all of it. Of each that has run to its end or raised `ended` is told: its place, how many
/// seconds it took, whether it raised, and whether it ran by its nodes. What a step raises is raised, with the frames of the program alone.
#[pyfunction]
#[pyo3(signature = (module, sources, steps, ended, graph = None))]
pub(crate) fn run_steps(
    module: &Bound<'_, PyModule>,
    sources: Vec<(u32, String, String)>,
    steps: &str,
    ended: &Bound<'_, PyAny>,
    graph: Option<&str>,
) -> PyResult<()> {
    let steps: Vec<Step> =
        serde_json::from_str(steps).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let graph = graph.map(read_graph).transpose()?.unwrap_or_default();
    let sources = sources.into_iter();
    let sources: Vec<SourceText> =
        sources.map(|(id, file, text)| SourceText { id: SourceId::new(id), file, text }).collect();
    let mut host = PythonHost::new(module, &sources)?;
    let mut executor = Executor::new(Catalog::empty());
    let mut told = Ok(());
    let result = executor.execute_steps(&mut host, &graph, &steps, &mut |executor, end| {
        let times = steps.get(end.place).and_then(|step| executor.step_time(step));
        let seconds = times.map_or(0.0, |(start, end)| (end.0 - start.0) as f64 / 1e6);
        told = ended.call1((end.place, seconds, end.has_failed, end.by_nodes)).map(drop);
        if told.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    told?;
    result.map_err(|error| raised(&host, error))
}

pub(crate) fn read_graph(text: &str) -> PyResult<Graph> {
    text.parse().map_err(|error: TextError| PyValueError::new_err(error.to_string()))
}
