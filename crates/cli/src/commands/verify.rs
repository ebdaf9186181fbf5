//! `clew verify`: runs a slice in a fresh plain python and compares the value.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;
use clew_graph::{SourceLocation, Timestamp};
use clew_session::{Answer, Replay, ReplayError, Sliced, Verdict};
use clew_store::{Certificate, Store, Variable};
use serde_json::{Value, json};

use super::StorePlace;
use super::slice::{NamedValue, Recorded};
use crate::{CommandError, Interpreter};

#[derive(Args)]
pub(super) struct Verify {
    /// The variable or artifact
    #[arg(value_name = "NAME", required_unless_present = "all")]
    name: Option<String>,
    /// Every module-level variable at the end of the session
    #[arg(long, conflicts_with = "name")]
    all: bool,
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Verify {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let python = interpreter.python();
        match &self.name {
            Some(name) => self.one(&store, &python, name),
            None => self.all(&store, &python),
        }
    }

    fn one(&self, store: &Store, python: &Path, name: &str) -> Result<u8, CommandError> {
        let found = NamedValue::find(store, name, self.session.as_deref())?;
        let sliced = found.slice()?;
        let variable = variable_of(&found, name)?;
        let recorded = match &found.artifact {
            Some(artifact) => artifact.fingerprint.clone(),
            None => match found.recorded.variable(name).and_then(|known| known.fingerprint.clone())
            {
                Some(fingerprint) => Some(fingerprint),
                // Nothing was kept to compare with, so the whole program is run again as well.
                None => {
                    let names = [name.to_owned()];
                    let whole = whole_program(python, &found.recorded, &sliced, &names)?;
                    whole.into_iter().next().and_then(|answer| answer.fingerprint)
                }
            },
        };
        let replay = replay_of(&found.recorded, &sliced, &variable, found.artifact.as_ref());
        let mut verdict = answered(python, &replay)?.verdict(recorded.as_deref());
        if let (Verdict::Different { recorded, .. }, None) = (&verdict, &found.artifact) {
            let names = [name.to_owned()];
            let whole = whole_program(python, &found.recorded, &sliced, &names)?;
            if is_unsteady(whole.first(), recorded) {
                verdict = unsteady();
            }
        }
        certify(store, &found.recorded, name, found.artifact.as_ref(), &sliced, &verdict)?;
        if self.json {
            say_line!("{}", row(name, &verdict, &sliced));
        } else {
            say_line!("{name}: {}", sentence(&verdict, &sliced));
        }
        Ok(u8::from(verdict != Verdict::Equal))
    }

    fn all(&self, store: &Store, python: &Path) -> Result<u8, CommandError> {
        let recorded = Recorded::load(store, self.session.as_deref())?;
        let slicer = recorded.slicer()?;
        let mut rows = Vec::new();
        let mut worst = 0;
        // Variables of one slice are made by one run of it.
        let mut runs: Vec<(Sliced, Vec<&Variable>)> = Vec::new();
        let mut different: Vec<(&Variable, Sliced, Verdict)> = Vec::new();
        for variable in recorded.bound() {
            let Some(node) = variable.node else { continue };
            let sliced = slicer.slice([node]);
            match (&variable.refused, &variable.fingerprint) {
                (Some(reason), _) => {
                    let mut refused = row(&variable.name, &Verdict::Equal, &sliced);
                    refused["verdict"] = json!("refused");
                    refused["reason"] = json!(reason);
                    rows.push(refused);
                    if !self.json {
                        say_line!("{}: refused ({reason})", variable.name);
                    }
                }
                (None, None) => {
                    let reason = "no fingerprint of the value was recorded".to_owned();
                    let verdict = Verdict::NotComparable { reason };
                    self.report(store, &recorded, variable, &sliced, &verdict, &mut rows)?;
                }
                (None, Some(_)) => match runs.iter_mut().find(|(run, _)| *run == sliced) {
                    Some((_, made)) => made.push(variable),
                    None => runs.push((sliced, vec![variable])),
                },
            }
        }
        for (sliced, made) in runs {
            let names = made.iter().map(|variable| variable.name.clone());
            let replay = replay_of(&recorded, &sliced, names, None);
            let answers = answered_all(python, &replay)?;
            for (variable, answer) in made.into_iter().zip(answers) {
                let verdict = answer.verdict(variable.fingerprint.as_deref());
                if matches!(verdict, Verdict::Different { .. }) {
                    different.push((variable, sliced.clone(), verdict));
                    continue;
                }
                if matches!(verdict, Verdict::Failed { .. }) {
                    worst = 1;
                }
                self.report(store, &recorded, variable, &sliced, &verdict, &mut rows)?;
            }
        }
        // What the whole program does not make twice, no slice can.
        let names: Vec<String> =
            different.iter().map(|(variable, ..)| variable.name.clone()).collect();
        let mut whole = match different.first() {
            Some((_, sliced, _)) => whole_program(python, &recorded, sliced, &names)?,
            None => Vec::new(),
        }
        .into_iter();
        for (variable, sliced, mut verdict) in different {
            match &verdict {
                Verdict::Different { recorded, .. }
                    if is_unsteady(whole.next().as_ref(), recorded) =>
                {
                    verdict = unsteady();
                }
                _ => worst = 1,
            }
            self.report(store, &recorded, variable, &sliced, &verdict, &mut rows)?;
        }
        if self.json {
            rows.sort_by_key(|row| row["name"].as_str().map(str::to_owned));
            say_line!("{}", Value::Array(rows));
        }
        Ok(worst)
    }

    /// Keeps and prints what was found about a variable.
    fn report(
        &self,
        store: &Store,
        recorded: &Recorded,
        variable: &Variable,
        sliced: &Sliced,
        verdict: &Verdict,
        rows: &mut Vec<Value>,
    ) -> Result<(), CommandError> {
        certify(store, recorded, &variable.name, None, sliced, verdict)?;
        if !self.json {
            say_line!("{}: {}", variable.name, sentence(verdict, sliced));
        }
        rows.push(row(&variable.name, verdict, sliced));
        Ok(())
    }
}

/// The variable whose value an artifact is, where it was saved from one, or the variable itself.
fn variable_of(found: &NamedValue, name: &str) -> Result<Option<String>, CommandError> {
    if found.artifact.is_none() {
        return Ok(Some(name.to_owned()));
    }
    Ok(found.recorded.slicer()?.variable_of(found.node))
}

/// Runs the whole program once more and fingerprints these variables.
fn whole_program(
    python: &Path,
    recorded: &Recorded,
    sliced: &Sliced,
    names: &[String],
) -> Result<Vec<Answer>, CommandError> {
    let mut whole = replay_of(recorded, sliced, names.iter().cloned(), None);
    whole.code = recorded.slicer()?.program();
    answered_all(python, &whole)
}

/// Whether the whole program, run again, ran to its end and made another value than was recorded.
fn is_unsteady(whole: Option<&Answer>, recorded: &str) -> bool {
    whole.is_some_and(|answer| answer.fingerprint.as_deref().is_some_and(|made| made != recorded))
}

fn unsteady() -> Verdict {
    Verdict::NotComparable {
        reason: "the whole program makes another value each time that it runs".to_owned(),
    }
}

fn replay_of(
    recorded: &Recorded,
    sliced: &Sliced,
    variables: impl IntoIterator<Item = impl Into<String>>,
    artifact: Option<&clew_graph::Artifact>,
) -> Replay {
    let file = match recorded.sources.first().map(|source| &source.location) {
        Some(SourceLocation::File(path)) => path.clone(),
        _ => "<clew>".to_owned(),
    };
    let variables: Vec<String> = variables.into_iter().map(Into::into).collect();
    let artifact = if variables.is_empty() { artifact } else { None };
    Replay {
        code: sliced.code.clone(),
        file,
        arguments: recorded.session.arguments.clone(),
        working_directory: recorded.session.working_directory.clone(),
        artifact: artifact.map(|artifact| artifact.name.clone()),
        variables,
    }
}

/// Runs a text in a fresh interpreter and fingerprints the value that it makes.
fn answered(python: &Path, replay: &Replay) -> Result<Answer, CommandError> {
    let answers = answered_all(python, replay)?;
    answers
        .into_iter()
        .next()
        .ok_or_else(|| ReplayError::NoAnswer("it names no value".to_owned()).into())
}

/// Modules of the folder that it is started in are none of its own.
const REPLAY: &str = "\
import sys
sys.flags.safe_path or sys.path.pop(0)
from clew._replay import main
main()";

/// Runs a text in a fresh interpreter and fingerprints each value that it makes.
fn answered_all(python: &Path, replay: &Replay) -> Result<Vec<Answer>, CommandError> {
    let start = |source| ReplayError::Start { python: python.display().to_string(), source };
    let mut child = Command::new(python)
        .args(["-c", REPLAY])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    let task = json!(replay).to_string();
    if let Some(mut input) = child.stdin.take() {
        // A child that dies early says why on its own.
        let _ = input.write_all(task.as_bytes());
    }
    let output = child.wait_with_output().map_err(start)?;
    let said = String::from_utf8_lossy(&output.stdout);
    if let Ok(answers) = serde_json::from_str(said.lines().last().unwrap_or_default()) {
        return Ok(answers);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or("the process said nothing").to_owned();
    // A slice may end its own process.
    match output.status.code() {
        Some(_) => {
            let failed = Answer { fingerprint: None, reason: Some(said), failed: true };
            Ok(vec![failed; replay.variables.len().max(1)])
        }
        None => Err(ReplayError::NoAnswer(said).into()),
    }
}

fn certify(
    store: &Store,
    recorded: &Recorded,
    name: &str,
    artifact: Option<&clew_graph::Artifact>,
    sliced: &Sliced,
    verdict: &Verdict,
) -> Result<(), CommandError> {
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    store.save_certificate(&Certificate {
        session: recorded.session.id,
        name: name.to_owned(),
        version: artifact.map(|artifact| artifact.version),
        checked: Timestamp(i64::try_from(now.as_micros()).unwrap_or(i64::MAX)),
        verdict: verdict.word().to_owned(),
        reason: reason(verdict),
        slice_digest: sliced.digest(),
    })?;
    Ok(())
}

fn reason(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Equal => None,
        Verdict::Different { .. } => Some("the slice makes another value".to_owned()),
        Verdict::Failed { reason } | Verdict::NotComparable { reason } => Some(reason.clone()),
    }
}

fn row(name: &str, verdict: &Verdict, sliced: &Sliced) -> Value {
    json!({
        "name": name,
        "verdict": verdict.word(),
        "reason": reason(verdict),
        "kept": sliced.kept,
        "statements": sliced.statements,
    })
}

fn sentence(verdict: &Verdict, sliced: &Sliced) -> String {
    let of = format!("{} of {} statements", sliced.kept, sliced.statements);
    match verdict {
        Verdict::Equal => format!("equal (the slice, {of}, makes the same value)"),
        Verdict::Different { .. } => format!("different (the slice, {of}, makes another value)"),
        Verdict::Failed { reason } => format!("failed (the slice, {of}, raised: {reason})"),
        Verdict::NotComparable { reason } => format!("not comparable ({reason})"),
    }
}
