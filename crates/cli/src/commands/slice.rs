//! `clew slice`: prints the code behind a variable or artifact, without running anything.

use std::io::IsTerminal;

use clap::Args;
use clew_graph::is_of_function;
use clew_session::{KeptStatement, Need, Position, Reason, Sliced, redacted_lines};
use clew_store::Store;
use serde_json::{Map, Value, json};

use super::StorePlace;
use super::form::{Forms, Origin};
use super::named_value::NamedValue;
use super::recorded::Recorded;
use super::replaying::Replaying;
use super::sessions::script_of;
use super::unexecuted::slice_unexecuted;
use crate::report::{moment, say_code, say_json};
use crate::{CommandError, Interpreter, shown};

#[derive(Args)]
pub(super) struct Slice {
    /// The variable or artifact: NAME, NAME@VERSION, SCRIPT:NAME; FUNCTION.NAME, a function's variable; SCRIPT:LINE
    #[arg(value_name = "NAME", required_unless_present = "all")]
    name: Option<String>,
    /// Every module-level variable at the end of the session
    #[arg(long, conflicts_with_all = ["name", "form", "output"])]
    all: bool,
    /// With the variables of the functions that were followed, as they were when these ended last
    #[arg(long, requires = "all")]
    locals: bool,
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Slices a text that never ran, a script or a notebook: what may make the value, by its text and by rules
    #[arg(
        long = "static",
        value_name = "FILE",
        requires = "name",
        conflicts_with_all = ["session", "why", "prove", "store"]
    )]
    unexecuted: Option<String>,
    /// Says of every statement what made it needed, and how that is known
    #[arg(long, requires = "name", conflicts_with_all = ["form", "output"])]
    why: bool,
    /// Gives the slice even where it is known not to make the value
    #[arg(long)]
    force: bool,
    /// Runs the slice in a scratch copy of the session's folder, and puts back what it lacks
    #[arg(long, requires = "name", conflicts_with = "why")]
    prove: bool,
    #[command(flatten)]
    forms: Forms,
    #[command(flatten)]
    replaying: Replaying,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Slice {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        if let (Some(file), Some(name)) = (&self.unexecuted, &self.name) {
            return slice_unexecuted(file, name, &self.forms, self.json, interpreter);
        }
        let store = self.store.open_existing()?;
        if let Some(name) = self.name.as_ref().filter(|_| self.why) {
            print_why(&store, name, self.session.as_deref(), self.json)?;
            return Ok(0);
        }
        if let Some(name) = &self.name {
            let found = NamedValue::find(&store, name, self.session.as_deref())?;
            if self.prove {
                self.prove(&store, &found, interpreter)?;
            } else {
                let printed = Printed { json: self.json, forms: self.forms.clone(), interpreter };
                printed.one(&store, &found, self.force)?;
            }
            return Ok(0);
        }
        let recorded = Recorded::load(&store, self.session.as_deref())?;
        let slicer = recorded.slicer()?;
        let taught = recorded.taught(&store)?;
        let mut all = Map::new();
        let is_wanted = |name: &str| self.locals || !is_of_function(name);
        for variable in recorded.own().filter(|variable| is_wanted(&variable.name)) {
            let Some(sliced) = recorded.slice_of((&store, &taught), &slicer, variable)? else {
                continue;
            };
            let code = match recorded.refusal(Some(variable), &sliced) {
                Some(reason) if !self.force => {
                    complain!("the slice of `{}` is refused: {reason}", variable.name);
                    Value::Null
                }
                _ => sliced.code.into(),
            };
            all.insert(variable.name.clone(), code);
        }
        for (name, reason) in recorded.unrecorded() {
            complain!("the slice of `{name}` is refused: {reason}");
            all.insert(name.to_owned(), Value::Null);
        }
        if self.json {
            say_json(&Value::Object(all));
        } else {
            for (name, code) in &all {
                say_line!("# {name}");
                if let Some(code) = code.as_str() {
                    say_code(code);
                }
                say_line!("");
            }
        }
        Ok(0)
    }
}

impl Slice {
    /// Proves the slice, and prints it as it makes the value.
    fn prove(
        &self,
        store: &Store,
        found: &NamedValue,
        interpreter: &dyn Interpreter,
    ) -> Result<(), CommandError> {
        let recorded = &found.recorded;
        let slicer = recorded.slicer()?;
        let replayer = self.replaying.replayer(store, recorded.texts(), interpreter)?;
        let (value, variables) = (found.value(), recorded.nodes());
        let proof = value.prove(store, &recorded.session, &slicer, &variables, &replayer)?;
        let reason = proof.verdict.reason();
        if let Some(reason) = reason.clone().filter(|_| !self.force) {
            return Err(CommandError::Unproven { name: found.name.clone(), reason });
        }
        let Sliced { kept, statements, .. } = proof.sliced;
        let put_back = proof.adjustment.put_back.len();
        let left_out = match proof.adjustment.left_out.len() {
            0 => String::new(),
            count => format!(", {count} left out"),
        };
        match reason {
            None => complain!(
                "proven: equal, {kept} of {statements} statements, {put_back} put back{left_out}"
            ),
            Some(reason) => complain!("not proven: {reason}"),
        }
        let recorded = Recorded::load(store, Some(&recorded.session.id.to_string()))?;
        let printed = Printed { json: self.json, forms: self.forms.clone(), interpreter };
        printed.sliced(&recorded, found, &proof.sliced)
    }
}

/// Prints why each statement of the slice of one variable or artifact is needed.
fn print_why(
    store: &Store,
    name: &str,
    session: Option<&str>,
    as_json: bool,
) -> Result<(), CommandError> {
    let found = NamedValue::find(store, name, session)?;
    let slicer = found.recorded.slicer()?;
    let kept = slicer.why(found.value().sinks(&slicer, &found.recorded.nodes()));
    if as_json {
        let rows: Vec<Value> = kept.iter().map(row_of).collect();
        say_json(&json!({ "name": name, "statements": rows }));
        return Ok(());
    }
    for statement in &kept {
        say_line!("{}: {}", statement.position, statement.text);
        for reason in &statement.reasons {
            say_line!("    {reason}");
        }
    }
    Ok(())
}

/// What JSON says of a statement of a slice.
pub(super) fn row_of(statement: &KeptStatement) -> Value {
    let place = |at: &Position| json!({ "cell": at.cell, "line": at.line });
    let reason = |reason: &Reason| {
        let mut because = None;
        let (kind, name, cause, state) = match &reason.need {
            Need::Wanted => ("wanted", None, None, None),
            Need::Value(name) => ("value", name.clone(), None, None),
            Need::Change { name, cause } => ("change", name.clone(), cause.as_ref(), None),
            Need::State(state) => ("state", None, None, Some(state)),
            Need::Run => ("run", None, None, None),
            Need::Control => ("control", None, None, None),
            Need::Unexecuted => ("unexecuted", None, None, None),
            Need::Shared => ("shared", None, None, None),
            Need::Undone(text) => {
                because = Some(text.clone());
                ("undone", None, None, None)
            }
            Need::Whole(why) => {
                because = Some(why.to_string());
                ("whole", None, None, None)
            }
        };
        json!({
            "need": kind,
            "variable": name,
            "by": cause.map(|cause| &cause.by),
            "known": cause.map(|cause| cause.known),
            "state": state,
            "because": because,
            "for": reason.users.iter().map(place).collect::<Vec<_>>(),
        })
    };
    json!({
        "place": place(&statement.position),
        "text": statement.text,
        "reasons": statement.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

/// Prints the slice of one variable or artifact as a script, unless it is refused.
pub(super) fn print_one(
    store: &Store,
    found: &NamedValue,
    interpreter: &dyn Interpreter,
) -> Result<(), CommandError> {
    Printed { json: false, forms: Forms::default(), interpreter }.one(store, found, false)
}

/// How slices are printed.
struct Printed<'i> {
    json: bool,
    forms: Forms,
    interpreter: &'i dyn Interpreter,
}

impl Printed<'_> {
    /// Prints the slice of one variable or artifact, unless it is refused.
    fn one(&self, store: &Store, found: &NamedValue, force: bool) -> Result<(), CommandError> {
        let sliced = found.slice(store)?;
        if let Some(reason) = found.refusal(&sliced).filter(|_| !force) {
            let at = found.recorded.place_of(&reason);
            return Err(CommandError::Refused { name: found.name.clone(), reason, at });
        }
        if let Some((function, _)) = found.name.split_once('.')
            && found.artifact.is_none()
            && found
                .recorded
                .slicer()?
                .may_have_run_unfollowed(&found.name, &found.recorded.nodes())
        {
            complain!(
                "`{}` is that of the last call of `{function}` that was followed; it may have run again since",
                shown::name(&found.name)
            );
        }
        if let Some(certificate) = found.recorded.proof_of(&sliced) {
            complain!(
                "proven on {}: replayed, it made the same value",
                moment(certificate.checked)
            );
        } else if std::io::stderr().is_terminal() {
            complain!("not proven; --prove replays it and puts back what it lacks");
        }
        for line in redacted_lines(store, found.recorded.session.id) {
            if sliced.code.contains(&line) {
                complain!("`{}` was kept without what looks like a secret", shown::name(&line));
            }
        }
        self.sliced(&found.recorded, found, &sliced)
    }

    /// Prints a slice; `recorded` knows what replays of it came to.
    fn sliced(
        &self,
        recorded: &Recorded,
        found: &NamedValue,
        sliced: &Sliced,
    ) -> Result<(), CommandError> {
        let code = self.forms.text_of(sliced, &Origin::of(recorded.texts()), self.interpreter)?;
        let is_written = self.forms.write(&code)?;
        if self.json {
            let proof = recorded.proof_of(sliced);
            say_json(&json!({
                "name": found.name,
                "script": script_of(&recorded.session),
                "session": recorded.session.id.to_string(),
                "version": found.artifact.as_ref().map(|artifact| artifact.version),
                "code": code,
                "kept": sliced.kept,
                "statements": sliced.statements,
                "proven": proof.map(|certificate| moment(certificate.checked)),
            }));
        } else if !is_written {
            say_code(&code);
            if !code.ends_with('\n') && !code.is_empty() {
                say_line!("");
            }
        }
        Ok(())
    }
}
