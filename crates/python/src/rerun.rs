//! Rerun: steps run by the executor in this interpreter.

use clew_cpython::PythonHost;
use clew_effects::Catalog;
use clew_executor::{ExecuteError, Executor};
use clew_graph::{Graph, SourceId, Step, TextError};
use clew_session::describe;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyModule;

/// Runs the nodes of a graph, given as text, one by one in a module of this interpreter. Gives the values of those that
/// have one, by their places.
#[pyfunction]
pub(crate) fn run_nodes<'py>(
    module: &Bound<'py, PyModule>,
    graph: &str,
) -> PyResult<Vec<(u32, Bound<'py, PyAny>)>> {
    let graph: Graph =
        graph.parse().map_err(|error: TextError| PyValueError::new_err(error.to_string()))?;
    let mut host = PythonHost::new(module, &[]);
    let mut executor = Executor::new(Catalog::builtin());
    for node in graph.nodes() {
        executor.execute_node(&mut host, node, None).map_err(|error| raised(&host, error))?;
    }
    let values = graph.ids().filter_map(|id| Some((id.index(), executor.value(id)?)));
    Ok(values.filter_map(|(place, value)| Some((place, host.object(value)?))).collect())
}

/// What the program raised, as it raised it.
fn raised(host: &PythonHost<'_>, error: ExecuteError) -> PyErr {
    match error {
        ExecuteError::Raised { raised, .. } => match host.object(raised.value) {
            Some(error) => PyErr::from_value(error),
            None => PyRuntimeError::new_err(raised.to_string()),
        },
        error => PyRuntimeError::new_err(describe(&error)),
    }
}

/// Runs steps, given as JSON, in a module; `files` names the files of their sources. Of each that has run to its end or raised
/// `ended` is told: its place, how many seconds it took, and whether it raised. What a step raises is raised, with the
/// frames of the program alone.
#[pyfunction]
pub(crate) fn run_steps(
    module: &Bound<'_, PyModule>,
    files: Vec<(u32, String)>,
    steps: &str,
    ended: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let steps: Vec<Step> =
        serde_json::from_str(steps).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let files: Vec<(SourceId, String)> =
        files.into_iter().map(|(id, file)| (SourceId::new(id), file)).collect();
    let mut host = PythonHost::new(module, &files);
    let mut executor = Executor::new(Catalog::empty());
    for (place, step) in steps.iter().enumerate() {
        let result = executor.execute_step(&mut host, step);
        let times = step.root().and_then(|root| executor.execution_time(root));
        let seconds = times.map_or(0.0, |(start, end)| (end.0 - start.0) as f64 / 1e6);
        ended.call1((place, seconds, result.is_err()))?;
        result.map_err(|error| raised(&host, error))?;
    }
    Ok(())
}
