//! `clew doctor`: whether clew can work here, and what is in its way.

use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;
use clew_effects::Catalog;
use clew_graph::os_text;
use clew_session::{AnnotationFile, AnnotationFolder, describe, trust};
use clew_store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{StorePlace, settings};
use crate::interpreter::ALONE;
use crate::report::say_json;
use crate::{CommandError, Interpreter};

/// What is asked of the Python.
const QUESTION: &str = "\
import json
told = {'version': '%d.%d.%d' % sys.version_info[:3], 'clew': None, 'error': None}
try:
    import clew, clew._clew
    told['clew'] = clew.__version__
except BaseException as error:
    told['error'] = f'{type(error).__name__}: {error}'
print(json.dumps(told))";

#[derive(Args)]
pub(super) struct Doctor {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// It works, and may surprise.
    Odd,
    /// It does not work.
    Bad,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Odd => "note",
            Self::Bad => "fault",
        }
    }
}

/// What was found out about one thing.
struct Symptom {
    what: &'static str,
    state: State,
    text: String,
}

fn good(what: &'static str, text: impl Into<String>) -> Symptom {
    Symptom { what, state: State::Good, text: text.into() }
}

fn odd(what: &'static str, text: impl Into<String>) -> Symptom {
    Symptom { what, state: State::Odd, text: text.into() }
}

fn bad(what: &'static str, text: impl Into<String>) -> Symptom {
    Symptom { what, state: State::Bad, text: text.into() }
}

impl Doctor {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let mut findings = python(&interpreter.python());
        findings.extend(self.store());
        findings.extend(annotations(&self.store.place()));
        findings
            .extend(settings().problems.iter().map(|problem| bad("settings", problem.to_string())));
        if let Some(file) = &settings().file {
            findings.push(good("settings", file.display().to_string()));
        }
        findings.push(match trust::own_key() {
            Ok(key) => good("key", key.to_string()),
            Err(reason) => odd("key", format!("{reason}; what you save is not signed")),
        });
        let is_bad = findings.iter().any(|finding| finding.state == State::Bad);
        if self.json {
            let rows: Vec<Value> = findings
                .iter()
                .map(|found| json!({"what": found.what, "state": found.state.word(), "text": found.text}))
                .collect();
            say_json(&json!(rows));
        } else {
            for found in &findings {
                say_line!("{:<6} {:<12} {}", found.state.word(), found.what, found.text);
            }
        }
        Ok(u8::from(is_bad))
    }

    fn store(&self) -> Vec<Symptom> {
        let (place, origin) = self.store.place_with_origin();
        let path = os_text::path(&place);
        if place.contains("://") {
            return vec![match Store::open_to_read(&place) {
                Ok(_) => good("store", place),
                Err(error) => bad("store", describe(&error)),
            }];
        }
        if !path.exists() {
            let parent = path.parent().unwrap_or(&path);
            let begun = parent.ancestors().find(|folder| folder.exists()).unwrap_or(parent);
            return vec![match is_writable(begun) {
                true => {
                    good("store", format!("{place} ({origin}): not there, made by the first run"))
                }
                false => bad(
                    "store",
                    format!(
                        "{place} ({origin}): cannot be made, {} may not be written to",
                        begun.display()
                    ),
                ),
            }];
        }
        let store = match Store::open_to_read(&place) {
            Ok(store) => store,
            Err(error) => {
                return vec![bad("store", format!("{place} ({origin}): {}", describe(&error)))];
            }
        };
        let mut findings = Vec::new();
        match (store.sessions(), store.artifacts()) {
            (Ok(sessions), Ok(artifacts)) => findings.push(good(
                "store",
                format!(
                    "{place} ({origin}): {} sessions, {} artifacts, {}",
                    sessions.len(),
                    artifacts.len(),
                    size_of(&path)
                ),
            )),
            (Err(error), _) | (_, Err(error)) => findings.push(bad("store", describe(&error))),
        }
        if store.is_read_only() {
            findings.push(odd(
                "rights",
                "the store may be read and not written: nothing can be recorded in it",
            ));
        }
        match trust::changeable_by_others(store.folder()) {
            Some(why) => findings
                .push(odd("rights", format!("{why}: what it holds is run only where you say so"))),
            None => findings.push(good("rights", "the store is yours alone to change")),
        }
        findings
    }
}

fn python(python: &Path) -> Vec<Symptom> {
    #[derive(Deserialize)]
    struct Told {
        version: String,
        clew: Option<String>,
        error: Option<String>,
    }
    let shown = python.display();
    let asked = Command::new(python)
        .args(["-c", &format!("{ALONE}{QUESTION}")])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let told = match asked {
        Ok(asked) => serde_json::from_slice::<Told>(&asked.stdout),
        Err(error) => return vec![bad("python", format!("{shown} cannot be started: {error}"))],
    };
    let Ok(told) = told else { return vec![bad("python", format!("{shown} is no Python"))] };
    let mut parts = told.version.split('.').filter_map(|part| part.parse::<u32>().ok());
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let text = format!("{shown} ({})", told.version);
    let mut findings = vec![match version {
        (3, 11..=13) => good("python", text),
        _ => bad("python", format!("{text}; clew needs CPython 3.11 to 3.13")),
    }];
    let own = env!("CARGO_PKG_VERSION");
    findings.push(match (told.clew, told.error) {
        (Some(version), _) if version == own => good("extension", format!("clew {version}")),
        (Some(version), _) => {
            odd("extension", format!("clew {version}, and this command is of {own}"))
        }
        (None, error) => bad("extension", error.unwrap_or_else(|| "cannot be imported".to_owned())),
    });
    findings
}

fn annotations(store: &str) -> Vec<Symptom> {
    let builtin: usize =
        Catalog::builtin_summaries().iter().map(|(_, summary)| summary.rules).sum();
    let mut findings = vec![good("annotations", format!("{builtin} rules are built in"))];
    let kept = AnnotationFolder::of_store(store).map(|folder| folder.kept()).unwrap_or_default();
    for (name, path) in kept {
        findings.push(match AnnotationFile::read_kept(&path) {
            Ok(good_file) => good("annotations", format!("{name}: {}", good_file.summary)),
            Err(error) => bad("annotations", describe(&error)),
        });
    }
    for path in settings().paths("annotations") {
        findings.push(match AnnotationFile::read(&os_text::path(path)) {
            Ok(file) => good("annotations", format!("{path}: {}", file.summary)),
            Err(error) => bad("annotations", describe(&error)),
        });
    }
    findings
}

/// Whether a file can be made there: permissions alone do not tell.
fn is_writable(folder: &Path) -> bool {
    tempfile::tempfile_in(folder).is_ok()
}

/// How much room a store takes.
fn size_of(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes: u64 =
        entries.filter_map(|entry| entry.metadata().ok()).map(|known| known.len()).sum();
    match bytes {
        0..=1023 => format!("{bytes} bytes"),
        1024..=1_048_575 => format!("{} KB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}
