//! Notebook: what `clew run` is told of one.

use clap::Args;
use clew_graph::os_text;

use crate::interpreter::{NotebookRequest, RecordingRequest};
use crate::{CommandError, shown};

#[derive(Args)]
#[command(next_help_heading = "Notebooks")]
pub(super) struct NotebookOptions {
    /// The kernel to run in [default: the notebook's own where there is one of that name, else this Python's]
    #[arg(long, value_name = "NAME")]
    kernel: Option<String>,
    /// Writes the notebook with its outputs to a file [default: outputs are printed]
    #[arg(long, short, value_name = "FILE", conflicts_with = "inplace")]
    output: Option<String>,
    /// Writes the outputs into the notebook itself
    #[arg(long)]
    inplace: bool,
    /// Binds a variable after the cell that is tagged `parameters` (may be repeated)
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
}

impl NotebookOptions {
    /// What to do with a notebook.
    pub(super) fn request(
        &self,
        file: &str,
        arguments: &[String],
        recording: RecordingRequest,
    ) -> Result<NotebookRequest, CommandError> {
        if let Some(argument) = arguments.first() {
            return Err(CommandError::Notebook(format!(
                "a notebook takes no arguments such as `{}`; variables are given by --parameters NAME=VALUE",
                shown::name(argument)
            )));
        }
        if let Err(error) = std::fs::File::open(os_text::path(file)) {
            let reason = match error.kind() {
                std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                _ => error.to_string(),
            };
            return Err(CommandError::NoScript { path: file.to_owned(), reason });
        }
        let output = if self.inplace { Some(file.to_owned()) } else { self.output.clone() };
        Ok(NotebookRequest {
            file: file.to_owned(),
            kernel: self.kernel.clone(),
            output,
            parameters: self.parameters.clone(),
            recording,
        })
    }

    /// Refuses what only notebooks have a use for.
    pub(super) fn refuse(&self) -> Result<(), CommandError> {
        let given = [
            ("--kernel", self.kernel.is_some()),
            ("--output", self.output.is_some()),
            ("--inplace", self.inplace),
            ("--parameters", !self.parameters.is_empty()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(CommandError::Notebook(format!(
                "{option} is for notebooks, and what is to run is none; a notebook's name ends in .ipynb"
            ))),
            None => Ok(()),
        }
    }
}

/// Whether a file is a notebook, by its name.
pub(in crate::commands) fn is_one(file: &str) -> bool {
    let path = os_text::path(file);
    path.extension().is_some_and(|end| end == "ipynb") && !path.is_dir()
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if is_identifier(name) => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written NAME=VALUE, as in alpha=0.5".to_owned()),
    }
}

fn is_identifier(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && name.chars().all(is_part)
}
