//! `clew export`: a slice in a folder of its own, with all that it needs beside it.

use clap::{Args, ValueEnum};
use clew_graph::{Session, Source, is_of_function, os_text};
use clew_session::{FileChange, ReplayError, change_since, file_of, started_by_name};
use clew_store::{FileRole, SessionFile, Store};
use serde::Deserialize;
use serde_json::{Value, json};

use super::StorePlace;
use super::form::{self, Origin, parts};
use super::named_value::NamedValue;
use super::sessions::script_of;
use crate::report::{moment, say_json};
use crate::{CommandError, Interpreter, shown};

#[derive(Args)]
#[command(
    after_help = "The folder gets the code without calls of clew.save, the program's own modules and the data files that \
                  the code speaks of, as they were when the program ran, requirements.txt and a README."
)]
pub(super) struct Export {
    /// The variable or artifact: NAME, NAME@VERSION or SCRIPT:NAME; several artifacts become functions
    #[arg(value_name = "NAME", required = true, num_args = 1..)]
    names: Vec<String>,
    /// What the code is written as
    #[arg(long = "as", value_name = "FORM", default_value = "script")]
    form: ExportForm,
    /// Variables, each assigned once, that the functions of artifacts take; a script takes them as options
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    parameters: Vec<String>,
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

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportForm {
    /// Its lines, as they are
    Script,
    /// The cells that hold it, with the prose above them
    Notebook,
    /// A script that names the Python and the packages that it needs, for `uv run`
    Pep723,
    /// A function for each artifact, and one that calls them
    Function,
    /// The same as a module that also runs by itself
    Module,
}

impl ExportForm {
    /// Its name, as the Python side knows it.
    fn word(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Notebook => "notebook",
            Self::Pep723 => "pep723",
            Self::Function => "function",
            Self::Module => "module",
        }
    }
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
        if self.is_of_functions() {
            return self.functions(&store, interpreter);
        }
        let [name] = &self.names[..] else {
            let form = self.form.word();
            return Err(CommandError::WrongUse(format!(
                "several are written as functions: --as function, module or script, not {form}"
            )));
        };
        let found = NamedValue::find(&store, name, self.session.as_deref())?;
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
        let folder = self.folder(&found.name);
        let file = file_of_session(session, sources);
        let task = json!({
            "folder": folder,
            "form": self.form.word(),
            "name": found.name,
            "saved_as": value.name,
            "is_artifact": found.artifact.is_some(),
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
            "module": started_by_name(session, file_of(sources).as_deref()),
            "file": file,
            "files": files_of(&store.files(session.id)?),
            "fingerprint": value.fingerprint,
            "check": self.check,
            "lock": !self.no_lock,
            "allow_effects": self.allow_effects,
            "replace": self.replace,
        });
        let version = found.artifact.as_ref().map(|artifact| artifact.version);
        self.written(&task, (&found.name, version), interpreter)
    }

    /// Whether artifacts are written as functions.
    fn is_of_functions(&self) -> bool {
        let is_taken = !self.parameters.is_empty() || self.names.len() > 1;
        match self.form {
            ExportForm::Function | ExportForm::Module => true,
            ExportForm::Script => is_taken,
            ExportForm::Notebook | ExportForm::Pep723 => !self.parameters.is_empty(),
        }
    }

    /// The folder that is written to.
    fn folder(&self, name: &str) -> String {
        let here = std::env::current_dir().unwrap_or_default();
        let folder = self.output.clone().unwrap_or_else(|| folder_of(name));
        os_text::to_text(here.join(os_text::from_text(&folder)).as_os_str())
    }

    /// Exports artifacts as functions.
    fn functions(&self, store: &Store, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        if matches!(self.form, ExportForm::Notebook | ExportForm::Pep723) {
            return Err(CommandError::WrongUse(
                "--parameters goes with --as function, module or script".to_owned(),
            ));
        }
        if self.force {
            return Err(CommandError::WrongUse(
                "--force does not go with functions: what is known not to make its value has none"
                    .to_owned(),
            ));
        }
        let mut found = Vec::new();
        for name in &self.names {
            let named = NamedValue::find(store, name, self.session.as_deref())?;
            let artifact = match &named.artifact {
                Some(artifact) => artifact.clone(),
                None => store.artifact(&named.name, None)?.ok_or_else(|| {
                    CommandError::WrongUse(format!(
                        "`{}` is a variable; functions are made of artifacts, which clew.save keeps",
                        shown::name(&named.name)
                    ))
                })?,
            };
            found.push(NamedValue::of_artifact(store, artifact)?);
        }
        let artifacts: Vec<(&str, Option<u32>)> = found
            .iter()
            .map(|named| (&*named.name, named.artifact.as_ref().map(|known| known.version)))
            .collect();
        let (mut files, mut folders, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for named in &found {
            let id = named.recorded.session.id;
            if !seen.contains(&id) {
                seen.push(id);
                files.extend(files_of(&store.files(id)?));
                folders.extend(Origin::of(named.recorded.texts()).folders);
            }
        }
        let Some(first) = found.first() else {
            return Err(CommandError::WrongUse("no artifact is named".to_owned()));
        };
        let (session, sources) = first.recorded.texts();
        let names: Vec<&str> = found.iter().map(|named| &*named.name).collect();
        let name = names.join(" and ");
        let task = json!({
            "folder": self.folder(&name),
            "form": self.form.word(),
            "name": name,
            "saved_as": name,
            "functions": { "artifacts": artifacts, "parameters": self.parameters },
            "store": os_text::to_text(store.folder().as_os_str()),
            "python": session.python_version,
            "folders": folders,
            "arguments": session.arguments,
            "script": script_of(session),
            "began": moment(session.created),
            "working_directory": session.working_directory,
            "module": started_by_name(session, file_of(sources).as_deref()),
            "file": file_of_session(session, sources),
            "files": files,
            "check": self.check,
            "lock": !self.no_lock,
            "allow_effects": self.allow_effects,
            "replace": self.replace,
        });
        let version = artifacts.first().and_then(|&(_, version)| version);
        self.written(&task, (&name, version.filter(|_| artifacts.len() == 1)), interpreter)
    }

    /// Has an export written, and says what was.
    fn written(
        &self,
        task: &Value,
        (name, version): (&str, Option<u32>),
        interpreter: &dyn Interpreter,
    ) -> Result<u8, CommandError> {
        let folder = task["folder"].as_str().unwrap_or_default();
        let exported: Exported = form::ask(&interpreter.python(), "clew._export", task)?;
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
                "name": name,
                "version": version,
                "folder": folder,
                "files": files,
                "missing": missing,
                "check": check.as_ref().map(|check| &check.verdict),
            }));
        } else {
            let how = if self.is_of_functions() { "is a function of" } else { "is made by" };
            say_line!("{}: `{variable}` {how} {}", shown::name(folder), shown::name(&main));
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

/// The script that a session is of, by its whole path.
fn file_of_session(session: &Session, sources: &[Source]) -> Option<String> {
    let file = os_text::path(&session.working_directory).join(os_text::path(&file_of(sources)?));
    Some(os_text::to_text(file.as_os_str()))
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
