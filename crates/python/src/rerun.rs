//! Rerun: steps run by the executor in this interpreter.

use clew_cpython::PythonHost;
use clew_effects::Catalog;
use clew_executor::{ExecuteError, Executor};
use clew_graph::{SourceId, Step};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyModule;

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
        match result {
            Ok(_) => {}
            Err(ExecuteError::Raised { raised, .. }) => {
                let error = host.object(raised.value).map(PyErr::from_value);
                return Err(error.unwrap_or_else(|| PyRuntimeError::new_err(raised.to_string())));
            }
            Err(error) => return Err(PyRuntimeError::new_err(error.to_string())),
        }
    }
    Ok(())
}
