//! `clew slice`: prints the code behind a variable or artifact, without running anything.

use std::io::IsTerminal;

use clap::Args;
use clew_graph::{Graph, NodeId, Session, Source};
use clew_session::{
    KeptStatement, Need, Position, Reason, RecordedValue, Refusal, Sliced, Slicer, Variables,
    Verdict,
};
use clew_store::{Certificate, Store, Variable};
use serde_json::{Map, Value, json};

use super::StorePlace;
use super::replaying::Replaying;
use crate::report::{moment, near};
use crate::{CommandError, Interpreter};

#[derive(Args)]
pub(super) struct Slice {
    /// The variable or artifact
    #[arg(value_name = "NAME", required_unless_present = "all")]
    name: Option<String>,
    /// Every module-level variable at the end of the session
    #[arg(long, conflicts_with = "name")]
    all: bool,
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Says of every statement what made it needed, and how that is known
    #[arg(long, requires = "name")]
    why: bool,
    /// Gives the slice even where it is known not to make the value
    #[arg(long)]
    force: bool,
    /// Runs the slice in a scratch copy of the session's folder, and puts back what it lacks
    #[arg(long, requires = "name", conflicts_with = "why")]
    prove: bool,
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
        let store = self.store.open_existing()?;
        if let Some(name) = self.name.as_ref().filter(|_| self.why) {
            print_why(&store, name, self.session.as_deref(), self.json)?;
            return Ok(0);
        }
        if let Some(name) = &self.name {
            let found = NamedValue::find(&store, name, self.session.as_deref())?;
            if self.prove {
                self.prove(&store, name, &found, interpreter)?;
            } else {
                print_one(&store, name, &found, self.json, self.force)?;
            }
            return Ok(0);
        }
        let recorded = Recorded::load(&store, self.session.as_deref())?;
        let slicer = recorded.slicer()?;
        let mut all = Map::new();
        for variable in recorded.bound() {
            let Some(sliced) = recorded.slice_of(&store, &slicer, variable)? else { continue };
            let code = match recorded.refusal(Some(variable), &sliced) {
                Some(reason) if !self.force => {
                    eprintln!("clew: the slice of `{}` is refused: {reason}", variable.name);
                    Value::Null
                }
                _ => sliced.code.into(),
            };
            all.insert(variable.name.clone(), code);
        }
        for (name, reason) in recorded.unrecorded() {
            eprintln!("clew: the slice of `{name}` is refused: {reason}");
            all.insert(name.to_owned(), Value::Null);
        }
        if self.json {
            say_line!("{}", Value::Object(all));
        } else {
            for (name, code) in &all {
                say_line!("# {name}");
                if let Some(code) = code.as_str() {
                    say!("{code}");
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
        name: &str,
        found: &NamedValue,
        interpreter: &dyn Interpreter,
    ) -> Result<(), CommandError> {
        let recorded = &found.recorded;
        let slicer = recorded.slicer()?;
        let replayer = self.replaying.replayer(store, recorded.texts(), interpreter)?;
        let (value, variables) = (found.value(name), recorded.nodes());
        let proof = value.prove(store, &recorded.session, &slicer, &variables, &replayer)?;
        let reason = proof.verdict.reason();
        if let Some(reason) = reason.clone().filter(|_| !self.force) {
            return Err(CommandError::Unproven { name: name.to_owned(), reason });
        }
        let Sliced { kept, statements, .. } = proof.sliced;
        match reason {
            None => eprintln!(
                "clew: proven: equal, {kept} of {statements} statements, {} put back",
                proof.put_back.len()
            ),
            Some(reason) => eprintln!("clew: not proven: {reason}"),
        }
        print_sliced(
            name,
            &Recorded::load(store, Some(&recorded.session.id.to_string()))?,
            found,
            &proof.sliced,
            self.json,
        );
        Ok(())
    }
}

/// A session as it stands in a store.
pub(super) struct Recorded {
    pub(super) session: Session,
    pub(super) graph: Graph,
    pub(super) sources: Vec<Source>,
    pub(super) variables: Vec<Variable>,
    certificates: Vec<Certificate>,
}

impl Recorded {
    pub(super) fn load(store: &Store, session: Option<&str>) -> Result<Self, CommandError> {
        let session = match session {
            Some(id) => store.session(id)?.session,
            None => {
                store
                    .latest_session()?
                    .ok_or_else(|| CommandError::NoSession {
                        store: store.folder().display().to_string(),
                    })?
                    .session
            }
        };
        Ok(Self {
            graph: store.graph(session.id)?,
            sources: store.sources(session.id)?,
            variables: store.variables(session.id)?,
            certificates: store.certificates(session.id)?,
            session,
        })
    }

    pub(super) fn slicer(&self) -> Result<Slicer<'_>, CommandError> {
        Ok(Slicer::new(&self.graph, &self.sources)?)
    }

    /// The variables that are bound at the end.
    pub(super) fn bound(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter().filter(|variable| variable.node.is_some())
    }

    /// The session and its texts.
    pub(super) fn texts(&self) -> (&Session, &[Source]) {
        (&self.session, &self.sources)
    }

    /// Which step each variable's value is.
    pub(super) fn nodes(&self) -> Variables {
        self.bound().filter_map(|variable| Some((variable.name.clone(), variable.node?))).collect()
    }

    /// A variable, as it was recorded.
    pub(super) fn value_of<'v>(&self, variable: &'v Variable) -> Option<RecordedValue<'v>> {
        let (node, fingerprint) = (variable.node?, variable.fingerprint.clone());
        Some(RecordedValue { name: &variable.name, node, artifact: None, fingerprint })
    }

    /// The slice of a variable, if it has a value.
    pub(super) fn slice_of(
        &self,
        store: &Store,
        slicer: &Slicer<'_>,
        variable: &Variable,
    ) -> Result<Option<Sliced>, CommandError> {
        let Some(value) = self.value_of(variable) else { return Ok(None) };
        let sinks = value.sinks(slicer, &Variables::new());
        let put_back = value.put_back(store, &self.session, slicer, &sinks)?;
        Ok(Some(slicer.slice_with(sinks, &put_back)))
    }

    /// The latest replay of a slice that made its value, if one did.
    fn proof_of(&self, sliced: &Sliced) -> Option<&Certificate> {
        let digest = sliced.digest();
        let of_it = |certificate: &&Certificate| certificate.slice_digest == digest;
        let latest = self.certificates.iter().rev().find(of_it)?;
        (latest.verdict == Verdict::Equal.word()).then_some(latest)
    }

    /// The variables that the program may have bound after its recording had ended, and why nothing is known
    /// of them.
    pub(super) fn unrecorded(&self) -> impl Iterator<Item = (&str, Refusal)> {
        self.variables.iter().filter(|variable| variable.node.is_none()).filter_map(|variable| {
            let reason = variable.refused.clone()?;
            Some((variable.name.as_str(), Refusal::Lost { reason }))
        })
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Variable> {
        self.bound().find(|variable| variable.name == name)
    }

    /// Why a slice is refused, if it is; of a variable, or of an artifact.
    pub(super) fn refusal(&self, variable: Option<&Variable>, sliced: &Sliced) -> Option<Refusal> {
        match variable.and_then(|variable| variable.refused.clone()) {
            Some(reason) => Some(Refusal::Lost { reason }),
            None => Refusal::of(sliced, &self.certificates),
        }
    }
}

/// What a name stands for: a variable at the end of a session, or else an artifact.
pub(super) struct NamedValue {
    pub(super) recorded: Recorded,
    pub(super) node: NodeId,
    pub(super) artifact: Option<clew_graph::Artifact>,
}

impl NamedValue {
    /// Finds a name: the latest artifact of that name where no session is asked for or it is of
    /// that session, else the session's variable.
    pub(super) fn find(
        store: &Store,
        name: &str,
        session: Option<&str>,
    ) -> Result<Self, CommandError> {
        let artifact = store.artifact(name, None)?;
        if let Some(artifact) = artifact {
            let own = artifact.session.to_string();
            if session.is_none_or(|asked| own.starts_with(asked)) {
                let node = artifact
                    .node
                    .ok_or_else(|| CommandError::NoLineage { name: name.to_owned() })?;
                let recorded = Recorded::load(store, Some(&own))?;
                return Ok(Self { recorded, node, artifact: Some(artifact) });
            }
        }
        let recorded = Recorded::load(store, session)?;
        if let Some(node) = recorded.variable(name).and_then(|variable| variable.node) {
            return Ok(Self { recorded, node, artifact: None });
        }
        if let Some((_, reason)) = recorded.unrecorded().find(|(unrecorded, _)| *unrecorded == name)
        {
            return Err(CommandError::Unrecorded { name: name.to_owned(), reason });
        }
        let artifacts = store.artifact_names()?;
        let known = recorded
            .bound()
            .map(|variable| variable.name.as_str())
            .chain(artifacts.iter().map(String::as_str));
        Err(CommandError::UnknownName {
            name: name.to_owned(),
            where_: format!(" in session {}", recorded.session.id),
            near: near(name, known),
        })
    }

    pub(super) fn slice(&self, store: &Store, name: &str) -> Result<Sliced, CommandError> {
        let slicer = self.recorded.slicer()?;
        let value = self.value(name);
        let sinks = value.sinks(&slicer, &self.recorded.nodes());
        let put_back = value.put_back(store, &self.recorded.session, &slicer, &sinks)?;
        Ok(slicer.slice_with(sinks, &put_back))
    }

    /// The value, as it was recorded.
    pub(super) fn value<'v>(&'v self, name: &'v str) -> RecordedValue<'v> {
        let fingerprint = match &self.artifact {
            Some(artifact) => artifact.fingerprint.clone(),
            None => self.recorded.variable(name).and_then(|known| known.fingerprint.clone()),
        };
        RecordedValue { name, node: self.node, artifact: self.artifact.as_ref(), fingerprint }
    }

    /// Why its slice is refused, if it is.
    pub(super) fn refusal(&self, sliced: &Sliced) -> Option<Refusal> {
        let variable = match self.artifact {
            Some(_) => None,
            None => self.recorded.bound().find(|variable| variable.node == Some(self.node)),
        };
        self.recorded.refusal(variable, sliced)
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
    let kept = slicer.why(found.value(name).sinks(&slicer, &found.recorded.nodes()));
    if as_json {
        let rows: Vec<Value> = kept.iter().map(row_of).collect();
        say_line!("{}", json!({ "name": name, "statements": rows }));
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

fn row_of(statement: &KeptStatement) -> Value {
    let place = |at: &Position| json!({ "cell": at.cell, "line": at.line });
    let reason = |reason: &Reason| {
        let (kind, name, cause, state) = match &reason.need {
            Need::Wanted => ("wanted", None, None, None),
            Need::Value(name) => ("value", name.clone(), None, None),
            Need::Change { name, cause } => ("change", name.clone(), cause.as_ref(), None),
            Need::State(state) => ("state", None, None, Some(state)),
            Need::Run => ("run", None, None, None),
            Need::Control => ("control", None, None, None),
            Need::Unexecuted => ("unexecuted", None, None, None),
        };
        json!({
            "need": kind,
            "variable": name,
            "by": cause.map(|cause| &cause.by),
            "known": cause.map(|cause| cause.known),
            "state": state,
            "for": reason.users.iter().map(place).collect::<Vec<_>>(),
        })
    };
    json!({
        "place": place(&statement.position),
        "text": statement.text,
        "reasons": statement.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

/// Prints the slice of one variable or artifact, unless it is refused.
pub(super) fn print_one(
    store: &Store,
    name: &str,
    found: &NamedValue,
    as_json: bool,
    force: bool,
) -> Result<(), CommandError> {
    let sliced = found.slice(store, name)?;
    if let Some(reason) = found.refusal(&sliced).filter(|_| !force) {
        return Err(CommandError::Refused { name: name.to_owned(), reason });
    }
    if let Some(certificate) = found.recorded.proof_of(&sliced) {
        eprintln!(
            "clew: proven on {}: replayed, it made the same value",
            moment(certificate.checked)
        );
    } else if std::io::stderr().is_terminal() {
        eprintln!("clew: not proven; --prove replays it and puts back what it lacks");
    }
    print_sliced(name, &found.recorded, found, &sliced, as_json);
    Ok(())
}

/// Prints a slice; `recorded` knows what replays of it came to.
fn print_sliced(
    name: &str,
    recorded: &Recorded,
    found: &NamedValue,
    sliced: &Sliced,
    as_json: bool,
) {
    if as_json {
        let proof = recorded.proof_of(sliced);
        say_line!(
            "{}",
            json!({
                "name": name,
                "session": recorded.session.id.to_string(),
                "version": found.artifact.as_ref().map(|artifact| artifact.version),
                "code": sliced.code,
                "kept": sliced.kept,
                "statements": sliced.statements,
                "proven": proof.map(|certificate| moment(certificate.checked)),
            })
        );
    } else {
        say!("{}", sliced.code);
        if !sliced.code.ends_with('\n') && !sliced.code.is_empty() {
            say_line!("");
        }
    }
}
