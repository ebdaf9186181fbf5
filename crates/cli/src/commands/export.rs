//! `clew export`: a slice in a folder of its own, with all that it needs beside it.

use clap::Args;
use clew_graph::{is_of_function, os_text};
use clew_session::{FileChange, ReplayError, change_since, file_of};
use clew_store::{FileRole, SessionFile};
use serde::Deserialize;
use serde_json::{Value, json};

use super::StorePlace;
use super::form::{self, Form, Origin, parts};
use super::named_value::NamedValue;
use super::sessions::script_of;
use crate::report::{moment, say_json};
use crate::{CommandError, Interpreter, shown};

/// Modules of the folder that it is started in are none of its own.
const START: &str = "\
import sys
sys.flags.safe_path or sys.path.pop(0)
from clew._export import main
main()";

#[derive(Args)]
#[command(
    after_help = "The folder gets the code without calls of clew.save, the program's own modules and the data files that \
                  the code speaks of, as they were when the program ran, requirements.txt and a README."
)]
pub(super) struct Export {
    /// The variable or artifact: NAME, NAME@VERSION or SCRIPT:NAME
    #[arg(value_name = "NAME")]
    name: String,
    /// What the code is written as
    #[arg(long = "as", value_name = "FORM", default_value = "script")]
    form: Form,
    /// The folder [default: the name]
    #[arg(long, short, value_name = "FOLDER")]
    output: Option<String>,
    /// Writes into a folder that is not empty
    #[arg(long)]
    replace: bool,
    /// Runs what was written in an empty folder and compares the value
    #[arg(long)]
    check: bool,
    /// Lets the check change files, databases and machines beside its folder
    #[arg(long, requires = "check")]
    allow_effects: bool,
    /// Leaves out the lock file, which uv makes where it is installed
    #[arg(long)]
    no_lock: bool,
    /// Exports the code even where it is known not to make the value
    #[arg(long)]
    force: bool,
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

/// What the Python side has made.
#[derive(Deserialize)]
#[serde(untagged)]
enum Exported {
    Done {
        files: Vec<String>,
        missing: Vec<String>,
        notes: Vec<String>,
        variable: String,
        main: String,
        check: Option<Check>,
    },
    Refused {
        error: String,
    },
}

#[derive(Deserialize)]
struct Check {
    verdict: String,
    reason: Option<String>,
}

impl Export {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let found = NamedValue::find(&store, &self.name, self.session.as_deref())?;
        let sliced = found.slice(&store)?;
        if let Some(reason) = found.refusal(&sliced).filter(|_| !self.force) {
            let at = found.recorded.place_of(&reason);
            return Err(CommandError::Refused { name: found.name.clone(), reason, at });
        }
        let (session, sources) = found.recorded.texts();
        let variable = match &found.artifact {
            Some(_) => found.recorded.slicer()?.variable_of(found.node),
            None => Some(found.name.clone()),
        };
        let value = found.value();
        let origin = Origin::of((session, sources));
        if self.check && variable.as_deref().is_some_and(is_of_function) {
            let name = found.name.clone();
            return Err(ReplayError::NothingLeft { name }.into());
        }
        let here = std::env::current_dir().unwrap_or_default();
        let folder = self.output.clone().unwrap_or_else(|| folder_of(&found.name));
        let folder = os_text::to_text(here.join(os_text::from_text(&folder)).as_os_str());
        let file = file_of(sources).map(|file| {
            let file = os_text::path(&session.working_directory).join(os_text::path(&file));
            os_text::to_text(file.as_os_str())
        });
        let task = json!({
            "folder": folder,
            "form": self.form.word(),
            "name": found.name,
            "saved_as": value.name,
            "variable": variable,
            "code": sliced.code,
            "parts": parts(&sliced, origin.sources),
            "notebook": origin.notebook,
            "python": session.python_version,
            "folders": origin.folders,
            "arguments": session.arguments,
            "script": script_of(session),
            "began": moment(session.created),
            "working_directory": session.working_directory,
            "file": file,
            "files": files_of(&store.files(session.id)?),
            "fingerprint": value.fingerprint,
            "check": self.check,
            "lock": !self.no_lock,
            "allow_effects": self.allow_effects,
            "replace": self.replace,
        });
        let exported: Exported = form::ask(&interpreter.python(), START, &task)?;
        let (files, missing, notes, variable, main, check) = match exported {
            Exported::Refused { error } => return Err(CommandError::WrongUse(error)),
            Exported::Done { files, missing, notes, variable, main, check } => {
                (files, missing, notes, variable, main, check)
            }
        };
        for note in notes {
            complain!("{note}");
        }
        if self.json {
            say_json(&json!({
                "name": found.name,
                "version": found.artifact.as_ref().map(|artifact| artifact.version),
                "folder": folder,
                "files": files,
                "missing": missing,
                "check": check.as_ref().map(|check| &check.verdict),
            }));
        } else {
            say_line!("{}: `{variable}` is made by {}", shown::name(&folder), shown::name(&main));
            for file in &files {
                say_line!("  {}", shown::name(file));
            }
            for missing in &missing {
                say_line!("missing: {}", shown::name(missing));
            }
            if let Some(Check { verdict, reason }) = &check {
                let reason =
                    reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
                say_line!("checked: {verdict}{reason}");
            }
        }
        Ok(u8::from(check.is_some_and(|check| check.verdict != "equal")))
    }
}

/// A folder's name for an artifact's.
fn folder_of(name: &str) -> String {
    let plain =
        |sign: char| if sign.is_alphanumeric() || "-_.".contains(sign) { sign } else { '_' };
    let folder: String = name.chars().map(plain).collect();
    match folder.trim_matches('.') {
        "" => "export".to_owned(),
        folder => folder.to_owned(),
    }
}

/// What of the session's files is kept or as it was.
fn files_of(files: &[SessionFile]) -> Vec<Value> {
    let row = |file: &SessionFile| {
        let content = file
            .content
            .as_ref()
            .map(|content| content.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        json!({
            "path": file.path,
            "role": file.role.word(),
            "size": file.size.unwrap_or(0),
            "digest": file.digest,
            "content": content,
            "state": match &content {
                Some(_) => "kept",
                None => match change_since(file) {
                    None => "unchanged",
                    Some(FileChange::Gone) => "gone",
                    Some(FileChange::Changed) => "changed",
                },
            },
        })
    };
    files.iter().filter(|file| file.role != FileRole::Written).map(row).collect()
}
