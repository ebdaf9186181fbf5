//! `clew verify`: runs a slice in a fresh plain python and compares the value.

use clap::Args;
use clew_graph::is_of_function;
use clew_session::{Replayed, Replayer, Sliced, Slicer, Trial, Verdict};
use clew_store::{Store, Variable};
use serde_json::{Value, json};

use super::StorePlace;
use super::named_value::NamedValue;
use super::recorded::Recorded;
use super::replaying::Replaying;
use crate::report::say_json;
use crate::{CommandError, Interpreter, shown};

#[derive(Args)]
pub(super) struct Verify {
    /// The variable or artifact
    #[arg(value_name = "NAME", required_unless_present = "all")]
    name: Option<String>,
    /// Every module-level variable at the end of the session
    #[arg(long, conflicts_with = "name")]
    all: bool,
    /// Runs the whole program again as well, where nothing was kept to compare with or the values differ
    #[arg(long)]
    whole: bool,
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    replaying: Replaying,
    #[command(flatten)]
    store: StorePlace,
}

impl Verify {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let store = self.store.open_for_replay()?;
        match &self.name {
            Some(name) => self.one(&store, interpreter, name),
            None => self.all(&store, interpreter),
        }
    }

    fn one(
        &self,
        store: &Store,
        interpreter: &dyn Interpreter,
        name: &str,
    ) -> Result<u8, CommandError> {
        let found = NamedValue::find(store, name, self.session.as_deref())?;
        let recorded = &found.recorded;
        let slicer = recorded.slicer()?;
        let sliced = found.slice(store)?;
        let replayer = self.replaying.replayer(store, recorded.texts(), interpreter)?;
        let mut value = found.value();
        let mut whole = None;
        if value.fingerprint.is_none() && self.whole {
            let names = [found.name.clone()];
            let made = whole_program(&replayer, &slicer, &names)?;
            value.fingerprint = made.answers.first().and_then(|made| made.fingerprint.clone());
            whole = Some(made);
        }
        let (mut verdict, replayed) = value.compared(store, &slicer, &replayer, &sliced.code)?;
        let mut varying = false;
        if let Verdict::Different { recorded, replayed: made, .. } = &verdict
            && whole.is_none()
            && found.artifact.is_none()
        {
            let names = std::slice::from_ref(&found.name);
            if !self.whole {
                varying = varies(&replayer, &sliced.code, names, &[made])?;
            } else if is_unsteady(&whole_program(&replayer, &slicer, names)?, 0, recorded) {
                verdict = unsteady();
            }
        }
        if varying {
            complain_of_varying(std::slice::from_ref(&found.name));
        } else {
            value.certify(store, &recorded.session, &sliced, &verdict)?;
        }
        say_notes(&replayed);
        if self.json {
            say_json(&row(name, &verdict, &sliced));
        } else {
            say_line!("{}: {}", shown::name(name), sentence(&verdict, &sliced));
        }
        Ok(u8::from(verdict != Verdict::Equal))
    }

    fn all(&self, store: &Store, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let recorded = Recorded::load(store, self.session.as_deref())?;
        let slicer = recorded.slicer()?;
        let taught = recorded.taught(store)?;
        let replayer = self.replaying.replayer(store, recorded.texts(), interpreter)?;
        let mut report = Report {
            store,
            recorded: &recorded,
            json: self.json,
            rows: Vec::new(),
            not_kept: Vec::new(),
            varying: Vec::new(),
        };
        // Variables of one slice are made by one run of it.
        let mut runs: Vec<(Sliced, Vec<&Variable>)> = Vec::new();
        for variable in recorded.own().filter(|variable| !is_of_function(&variable.name)) {
            let Some(sliced) = recorded.slice_of((store, &taught), &slicer, variable)? else {
                continue;
            };
            match (&variable.refused, &variable.fingerprint) {
                (Some(reason), _) => report.refused(variable, &sliced, reason),
                (None, None) => report.not_kept(variable, &sliced)?,
                (None, Some(_)) => match runs.iter_mut().find(|(run, _)| *run == sliced) {
                    Some((_, made)) => made.push(variable),
                    None => runs.push((sliced, vec![variable])),
                },
            }
        }
        let (mut worst, mut compared) = (false, false);
        let mut different: Vec<(&Variable, Sliced, Verdict)> = Vec::new();
        for (sliced, made) in runs {
            let names: Vec<String> = made.iter().map(|variable| variable.name.clone()).collect();
            let replayed = replayer.replay(trial(&sliced.code, &names))?;
            let (mut others, mut values) = (Vec::new(), Vec::new());
            for (at, variable) in made.into_iter().enumerate() {
                let verdict = replayed.verdict(at, variable.fingerprint.as_deref());
                compared |= !matches!(verdict, Verdict::NotComparable { .. });
                worst |= matches!(verdict, Verdict::Failed { .. });
                if let Verdict::Different { replayed, .. } = &verdict {
                    others.push(variable.name.clone());
                    values.push(replayed.clone());
                    different.push((variable, sliced.clone(), verdict));
                } else {
                    report.add(variable, &sliced, &verdict)?;
                }
            }
            let values: Vec<&String> = values.iter().collect();
            if !self.whole
                && !others.is_empty()
                && varies(&replayer, &sliced.code, &others, &values)?
            {
                report.varying.extend(others);
            }
        }
        // What the whole program does not make twice, no slice can.
        let names: Vec<String> =
            different.iter().map(|(variable, ..)| variable.name.clone()).collect();
        let whole = match self.whole && !names.is_empty() {
            true => Some(whole_program(&replayer, &slicer, &names)?),
            false => None,
        };
        for (at, (variable, sliced, mut verdict)) in different.into_iter().enumerate() {
            match (&verdict, &whole) {
                (Verdict::Different { recorded, .. }, Some(whole))
                    if is_unsteady(whole, at, recorded) =>
                {
                    verdict = unsteady();
                }
                _ => worst = true,
            }
            report.add(variable, &sliced, &verdict)?;
        }
        report.say_not_kept();
        if !report.varying.is_empty() {
            complain_of_varying(&report.varying);
        }
        let nothing = !compared && !report.rows.is_empty();
        if nothing {
            complain!("nothing could be compared");
        }
        report.end();
        Ok(u8::from(worst || nothing))
    }
}

/// What is said of the variables of a session.
struct Report<'a> {
    store: &'a Store,
    recorded: &'a Recorded,
    json: bool,
    rows: Vec<Value>,
    /// The variables of whose values nothing was kept to compare with.
    not_kept: Vec<String>,
    /// Those whose slices make other values each time that they run.
    varying: Vec<String>,
}

impl Report<'_> {
    /// Keeps and prints what was found about a variable.
    fn add(
        &mut self,
        variable: &Variable,
        sliced: &Sliced,
        verdict: &Verdict,
    ) -> Result<(), CommandError> {
        self.certify(variable, sliced, verdict)?;
        if !self.json {
            say_line!("{}: {}", variable.name, sentence(verdict, sliced));
        }
        self.rows.push(row(&variable.name, verdict, sliced));
        Ok(())
    }

    /// Keeps that nothing was kept of a variable's value; all of these are named together.
    fn not_kept(&mut self, variable: &Variable, sliced: &Sliced) -> Result<(), CommandError> {
        let reason = "no fingerprint of the value was recorded".to_owned();
        let verdict = Verdict::NotComparable { reason };
        self.certify(variable, sliced, &verdict)?;
        self.rows.push(row(&variable.name, &verdict, sliced));
        self.not_kept.push(variable.name.clone());
        Ok(())
    }

    /// Keeps what was found, unless the slice varies: whether that is its fault is not known.
    fn certify(
        &self,
        variable: &Variable,
        sliced: &Sliced,
        verdict: &Verdict,
    ) -> Result<(), CommandError> {
        match self.recorded.value_of(variable) {
            Some(value) if !self.varying.contains(&variable.name) => {
                Ok(value.certify(self.store, &self.recorded.session, sliced, verdict)?)
            }
            _ => Ok(()),
        }
    }

    fn say_not_kept(&self) {
        if self.json || self.not_kept.is_empty() {
            return;
        }
        let what = match self.not_kept.len() {
            1 => "no fingerprint of the value was recorded",
            _ => "no fingerprints of the values were recorded",
        };
        let names = self.not_kept.join(", ");
        say_line!(
            "{names}: not comparable ({what}; clew run --fingerprints keeps one of each value that has one)"
        );
    }

    fn refused(&mut self, variable: &Variable, sliced: &Sliced, reason: &str) {
        let mut refused = row(&variable.name, &Verdict::Equal, sliced);
        refused["verdict"] = json!("refused");
        refused["reason"] = json!(reason);
        self.rows.push(refused);
        if !self.json {
            say_line!("{}: refused ({reason})", variable.name);
        }
    }

    fn end(mut self) {
        if self.json {
            self.rows.sort_by_key(|row| row["name"].as_str().map(str::to_owned));
            say_json(&Value::Array(self.rows));
        }
    }
}

/// Runs the whole program once more and fingerprints these variables.
fn whole_program(
    replayer: &Replayer<'_>,
    slicer: &Slicer<'_>,
    names: &[String],
) -> Result<Replayed, CommandError> {
    Ok(replayer.replay(trial(&slicer.program(), names))?)
}

fn trial<'a>(code: &'a str, variables: &'a [String]) -> Trial<'a> {
    Trial { code, variables, artifact: None, recorded: &[], value: None }
}

/// Says of which variables it is not known whether the slice is at fault, and how to find out.
fn complain_of_varying(names: &[String]) {
    complain!(
        "{}: another value each time that the slice runs; clew verify --whole tells whether the program does the same",
        names.join(", ")
    );
}

/// Whether a slice, run once more, makes other values than those that it just made.
fn varies(
    replayer: &Replayer<'_>,
    code: &str,
    names: &[String],
    made: &[&String],
) -> Result<bool, CommandError> {
    let again = replayer.replay(trial(code, names))?;
    let answers = again.answers.iter().map(|answer| answer.fingerprint.as_ref());
    Ok(answers.zip(made).any(|(again, made)| again.is_some_and(|again| again != *made)))
}

/// Whether the whole program, run again, ran to its end and made another value than was recorded.
fn is_unsteady(whole: &Replayed, at: usize, recorded: &str) -> bool {
    let made = whole.answers.get(at).and_then(|answer| answer.fingerprint.as_deref());
    made.is_some_and(|made| made != recorded)
}

fn unsteady() -> Verdict {
    Verdict::NotComparable {
        reason: "the whole program makes another value each time that it runs".to_owned(),
    }
}

/// Says how a replay was not what the run was.
fn say_notes(replayed: &Replayed) {
    for note in &replayed.notes {
        complain!("{note}");
    }
}

fn row(name: &str, verdict: &Verdict, sliced: &Sliced) -> Value {
    json!({
        "name": name,
        "verdict": verdict.word(),
        "reason": verdict.reason(),
        "kept": sliced.kept,
        "statements": sliced.statements,
    })
}

fn sentence(verdict: &Verdict, sliced: &Sliced) -> String {
    let of = format!("{} of {} statements", sliced.kept, sliced.statements);
    match verdict {
        Verdict::Equal => format!("equal (the slice, {of}, makes the same value)"),
        Verdict::Different { difference, .. } => {
            let where_ =
                difference.as_ref().map(|where_| format!(": {where_}")).unwrap_or_default();
            format!("different (the slice, {of}, makes another value{where_})")
        }
        Verdict::Failed { reason } => format!("failed (the slice, {of}, raised: {reason})"),
        Verdict::NotComparable { reason } => format!("not comparable ({reason})"),
    }
}
