//! Notebook run: a notebook's file, run in a kernel that is started for it.

use clew_cli::{CommandError, NotebookRequest, Started, complain};
use clew_graph::os_text;
use clew_session::describe;
use clew_store::Store;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::annotation_files::given_annotations;

/// What the Python side answers.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct NotebookEnd {
    code: u8,
    session: Option<String>,
    faults: Vec<String>,
}

/// Runs a notebook. Its cells are recorded in its kernel, and that writes to the store.
pub(crate) fn run_notebook(
    py: Python<'_>,
    request: &NotebookRequest,
) -> Result<Started, CommandError> {
    let recording = &request.recording;
    match Store::open(&recording.store) {
        Ok(store) => store.close(),
        Err(error) if recording.store_named => return Err(error.into()),
        Err(error) => complain(format_args!("{}; the notebook runs unrecorded", describe(&error))),
    }
    let annotation_files = given_annotations(recording)?;
    let ask = || -> PyResult<NotebookEnd> {
        let settings = PyDict::new(py);
        settings.set_item("store", os_text::from_text(&recording.store))?;
        settings.set_item("annotations", recording.annotations)?;
        settings.set_item("observe", recording.observe)?;
        settings.set_item("annotation_files", annotation_files)?;
        settings.set_item("fingerprints", recording.fingerprints)?;
        settings.set_item("redact", recording.redact)?;
        let run = py.import("clew._run_notebook")?.getattr("run")?;
        let output = request.output.as_deref().map(os_text::from_text);
        let asked = (os_text::from_text(&request.file), &request.kernel, output);
        run.call1((asked.0, asked.1, asked.2, &request.parameters, settings))?.extract()
    };
    let answer = ask().map_err(|error| CommandError::Python(error.value(py).to_string()))?;
    if recording.strict && !answer.faults.is_empty() {
        let faults = answer.faults.join("; ");
        return Err(CommandError::Python(format!("could not follow everything: {faults}")));
    }
    Ok(Started { code: answer.code, session: answer.session })
}
