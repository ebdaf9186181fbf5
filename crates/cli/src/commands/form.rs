//! Form: what a slice is written as: a script, a script with its requirements, or a notebook.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};
use clew_graph::{Session, SessionKind, Source, SourceLocation, os_text};
use clew_session::Sliced;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::interpreter::helper;
use crate::working::Working;
use crate::{CommandError, Interpreter};

/// What a slice is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// Its lines, as they are
    Script,
    /// The cells that hold it, with the prose above them
    Notebook,
    /// A script that names the Python and the packages that it needs, for `uv run`
    Pep723,
}

/// In which form a slice is given, and where it goes.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Forms {
    /// What the slice is given as [default: script, or notebook for a FILE that ends in .ipynb]
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,
    /// Writes the slice to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<String>,
}

/// The Python side.
const MODULE: &str = "clew._form";

/// What the Python side makes of a slice.
#[derive(Deserialize)]
struct Formed {
    text: String,
    /// What its user has to know.
    notes: Vec<String>,
}

impl Forms {
    fn form(&self) -> Form {
        let to_notebook = self.output.as_deref().is_some_and(|file| is_notebook(Path::new(file)));
        self.form.unwrap_or(if to_notebook { Form::Notebook } else { Form::Script })
    }

    /// The text of a slice in the form that is asked for.
    pub(super) fn text_of(
        &self,
        sliced: &Sliced,
        origin: &Origin<'_>,
        interpreter: &dyn Interpreter,
    ) -> Result<String, CommandError> {
        let task = match self.form() {
            Form::Script => return Ok(sliced.code.clone()),
            Form::Notebook => json!({
                "form": "notebook",
                "parts": parts(sliced, origin.sources),
                "notebook": origin.notebook,
                "python": origin.python,
            }),
            Form::Pep723 => json!({
                "form": "pep723",
                "code": sliced.code,
                "python": origin.python,
                "folders": origin.folders,
            }),
        };
        let formed: Formed = ask(&interpreter.python(), MODULE, &task)?;
        for note in formed.notes {
            complain!("{note}");
        }
        Ok(formed.text)
    }

    /// Writes a text to the file that it is to go to; `false` where that is none.
    pub(super) fn write(&self, text: &str) -> Result<bool, CommandError> {
        let Some(file) = &self.output else { return Ok(false) };
        let written = std::fs::write(os_text::path(file), text);
        written.map_err(|error| CommandError::Unwritten { path: file.clone(), source: error })?;
        Ok(true)
    }
}

/// What of a slice comes from which text.
pub(super) fn parts(sliced: &Sliced, sources: &[Source]) -> Vec<Value> {
    let source_of = |id| sources.iter().find(|source: &&Source| source.id == id);
    let part = |(id, code): &(_, String)| {
        let source = source_of(*id)?;
        Some(json!({ "code": code, "whole": source.text }))
    };
    sliced.parts.iter().filter_map(part).collect()
}

/// Where the text of a slice comes from.
pub(super) struct Origin<'a> {
    pub(super) sources: &'a [Source],
    /// The notebook's file, where it is one and known.
    pub(super) notebook: Option<String>,
    /// The version of the Python that ran it; none where that is the one at hand.
    pub(super) python: Option<&'a str>,
    /// The folders in which the modules lie that are the program's own.
    pub(super) folders: Vec<String>,
}

impl<'a> Origin<'a> {
    /// Where the slices of a session come from.
    pub(super) fn of((session, sources): (&'a Session, &'a [Source])) -> Self {
        let mut folders = vec![session.working_directory.clone()];
        for source in sources {
            if let SourceLocation::File(path) = &source.location
                && let Some(folder) = os_text::path(path).parent()
            {
                folders.push(os_text::to_text(folder.as_os_str()));
            }
        }
        let python = Some(&*session.python_version);
        Self { sources, notebook: notebook_of(session), python, folders }
    }
}

/// The notebook that a session is of, where its file is known.
fn notebook_of(session: &Session) -> Option<String> {
    let name = session.arguments.first().filter(|_| session.kind == SessionKind::Notebook)?;
    let file = os_text::path(&session.working_directory).join(os_text::from_text(name));
    is_notebook(&file).then(|| os_text::to_text(file.as_os_str()))
}

/// Whether a file is a notebook, by its name.
pub(super) fn is_notebook(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "ipynb")
}

/// The texts of a notebook's cells, as Python with magics as calls, by their places among all cells.
pub(super) fn cells_of(
    file: &str,
    interpreter: &dyn Interpreter,
) -> Result<Vec<(u32, String)>, CommandError> {
    #[derive(Deserialize)]
    struct Cells {
        cells: Vec<(u32, String)>,
    }
    let cells: Cells =
        ask(&interpreter.python(), MODULE, &json!({ "form": "cells", "notebook": file }))?;
    Ok(cells.cells)
}

/// Has Python do a task, which `main` of one of clew's modules reads from standard input.
pub(super) fn ask<T: DeserializeOwned>(
    python: &Path,
    module: &str,
    task: &Value,
) -> Result<T, CommandError> {
    let missing = |source| CommandError::NoPython { python: python.display().to_string(), source };
    let mut child = Command::new(python)
        .args(["-c", &helper(module)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(missing)?;
    if let Some(mut to) = child.stdin.take() {
        // Whoever does not read it says why on standard error.
        let _ = to.write_all(os_text::in_json(&task.to_string()).as_bytes());
    }
    let working = Working::on("at work");
    let done = child.wait_with_output().map_err(missing)?;
    drop(working);
    serde_json::from_slice(&done.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&done.stderr);
        let last = said.lines().last().unwrap_or("it gave no answer").to_owned();
        CommandError::Python(format!("{}: {last}", python.display()))
    })
}
