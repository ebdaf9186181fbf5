//! `clew rerun`: runs a session again, or the steps that a value needs, one by one.

use clap::Args;
use clew_graph::{NodeKind, Role, Step};
use clew_session::{
    ComparedRerun, KeptVariable, Output, RecordedValues, Reran, Rerun as Asked, RerunComparison,
    Setting, Slicer, packages_of, state_in_words, step_until,
};
use clew_store::Store;
use serde_json::{Value, json};

use super::StorePlace;
use super::named_value::NamedValue;
use super::recorded::Recorded;
use super::replaying::Replaying;
use super::sessions::is_of;
use crate::report::{near, say_json};
use crate::{CommandError, Interpreter, shown};

#[derive(Args)]
#[command(
    after_help = "It runs in a fresh Python, in a scratch copy of the session's folder with today's files (those that \
                  the session wrote or changed are as before it), without standard input. --in-place runs it in the folder itself; --recorded-files has the files that it read \
                  as they were."
)]
pub(super) struct Rerun {
    /// A session by its id or script, or a variable or artifact of which only the steps run that it needs
    /// [default: the latest session]
    #[arg(value_name = "SESSION|NAME")]
    what: Option<String>,
    /// Stops behind the step on a line, or behind the first that binds a variable
    #[arg(long, value_name = "LINE|NAME")]
    until: Option<String>,
    /// Has a variable be another literal, or else a text; what hangs on it follows
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// Shows each step when it has run, how long it took and what it bound
    #[arg(long)]
    step: bool,
    /// Lists the steps in order, with what each needs, and runs nothing
    #[arg(long, conflicts_with_all = ["step"])]
    plan: bool,
    /// Compares what each step makes with what was recorded, and says which differs first and why
    #[arg(long, conflicts_with = "plan")]
    compare: bool,
    /// Runs each step by its recorded nodes, and by its text only where these do not say all of it
    #[arg(long, conflicts_with = "plan")]
    nodes: bool,
    /// Runs in the session's own folder, where it changes what the program changes
    #[arg(long)]
    in_place: bool,
    /// Has the files that the session read be as they were then
    #[arg(long, conflicts_with = "in_place")]
    recorded_files: bool,
    /// The session of a variable, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Prints JSON; what the program prints goes to standard error
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    replaying: Replaying,
    #[command(flatten)]
    store: StorePlace,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("it is given as NAME=VALUE".to_owned()),
    }
}

/// What is run again.
enum Wanted {
    /// A whole session.
    Session(Box<Recorded>),
    /// What a value needs.
    Value(Box<NamedValue>),
}

impl Wanted {
    fn recorded(&self) -> &Recorded {
        match self {
            Self::Session(recorded) => recorded,
            Self::Value(value) => &value.recorded,
        }
    }

    /// The name of the value, where it is one.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Session(_) => None,
            Self::Value(value) => Some(&value.name),
        }
    }

    fn steps(&self, store: &Store, slicer: &Slicer<'_>) -> Result<Vec<Step>, CommandError> {
        let Self::Value(value) = self else { return Ok(slicer.all_steps()) };
        let recorded = &value.recorded;
        let sinks = value.value().sinks(slicer, &recorded.nodes());
        let adjustment =
            value.value().adjustment(store, &recorded.taught(store)?, slicer, &sinks)?;
        let sliced = slicer.slice_with(sinks.iter().copied(), &adjustment);
        if let Some(reason) = value.refusal(&sliced) {
            let at = recorded.place_of(&reason);
            return Err(CommandError::Refused { name: value.name.clone(), reason, at });
        }
        Ok(slicer.steps_of(sinks, &adjustment))
    }
}

impl Rerun {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let store = self.store.open_for_replay()?;
        let wanted = self.wanted(&store)?;
        let recorded = wanted.recorded();
        let slicer = recorded.slicer()?;
        let mut steps = wanted.steps(&store, &slicer)?;
        if let Some(until) = &self.until {
            let last = step_until(&steps, until).ok_or_else(|| no_step(&steps, until))?;
            steps.truncate(last + 1);
        }
        if steps.is_empty() {
            return Err(CommandError::WrongUse("no statement of this run was recorded".to_owned()));
        }
        let settings = self.settings(&steps, wanted.name())?;
        if self.plan {
            self.say_plan(&steps, &slicer);
            return Ok(0);
        }
        if let Some(step) = slicer.needs_shell(&steps) {
            return Err(CommandError::WrongUse(format!(
                "line {} needs a shell, which steps do not have; `clew verify` runs such slices",
                slicer.place_of(step)
            )));
        }
        let now = !self.recorded_files;
        let replayer = self.replaying.replayer_with(&store, recorded.texts(), interpreter, now)?;
        let packages: Vec<String> = match self.compare {
            true => packages_of(&recorded.graph).into_keys().collect(),
            false => Vec::new(),
        };
        let kept = match self.compare {
            true => KeptVariable::all(&store, &recorded.session, &steps)?,
            false => Vec::new(),
        };
        let known = match self.compare {
            true => Some(RecordedValues::of(&store, &recorded.session, &recorded.variables)?),
            false => None,
        };
        let recorded_variables =
            known.as_ref().map(|known| known.of_steps(&steps)).unwrap_or_default();
        let graph = self.nodes.then(|| recorded.graph.to_string());
        let asked = Asked {
            graph: graph.as_deref(),
            steps: &steps,
            kept: &kept,
            recorded: &recorded_variables,
            other_process: false,
            sources: &recorded.sources,
            settings: &settings,
            shows_steps: self.step && !self.json,
            fingerprints: self.compare,
            in_place: self.in_place,
            packages: &packages,
            output: if self.json { Output::OnErrors } else { Output::Shown },
            hash_seed: None,
        };
        // A line that says that it is at work would stand in what the program prints.
        let replayer = match self.json {
            true => replayer,
            false => replayer.watched(|_| !interpreter.is_interrupted()),
        };
        let reran = replayer.rerun(&asked)?;
        for note in &reran.notes {
            complain!("{note}");
        }
        for blocked in &reran.blocked {
            complain!("it would {blocked}; --allow-effects lets it");
        }
        let comparison = known.map(|known| {
            let session = &recorded.session;
            let rerun = ComparedRerun { asked: &asked, reran: &reran, session, slicer: &slicer };
            replayer.compare(&known, rerun)
        });
        let comparison = comparison.transpose()?;
        if self.json {
            say_json(&document(&steps, &reran, comparison.as_ref()));
        } else {
            say_end(&steps, &reran, &slicer);
            if let Some(comparison) = &comparison {
                say_comparison(&steps, comparison, &slicer);
            }
        }
        let differs = comparison.is_some_and(|comparison| comparison.first.is_some());
        Ok(reran.exit_code.max(u8::from(differs)))
    }

    /// What is to be run: a session that is named by its id or its script, or else a value.
    fn wanted(&self, store: &Store) -> Result<Wanted, CommandError> {
        let Some(what) = &self.what else {
            return Recorded::load(store, self.session.as_deref())
                .map(|recorded| Wanted::Session(Box::new(recorded)));
        };
        if self.session.is_none() {
            let runs = store.sessions()?;
            let is_id = what.len() >= 4
                && what.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            let named = runs.iter().find(|run| is_of(&run.session, what)).or_else(|| {
                runs.iter().find(|run| is_id && run.session.id.to_string().starts_with(what))
            });
            if let Some(run) = named {
                let id = run.session.id.to_string();
                return Recorded::load(store, Some(&id))
                    .map(|recorded| Wanted::Session(Box::new(recorded)));
            }
        }
        NamedValue::find(store, what, self.session.as_deref())
            .map(|value| Wanted::Value(Box::new(value)))
    }

    /// The variables that get other values, each with the step that would bind it first.
    fn settings(&self, steps: &[Step], of: Option<&str>) -> Result<Vec<Setting>, CommandError> {
        let binds = |step: &Step, name: &str| step.variables.iter().any(|known| known.name == name);
        let mut settings = Vec::new();
        for (name, value) in &self.set {
            let mut found = (0..).zip(steps).filter(|(_, step)| binds(step, name));
            let Some((step, _)) = found.next() else {
                let names = steps.iter().flat_map(|step| &step.variables);
                let near = near(name, names.map(|known| known.name.as_str()));
                let of = of.map(|of| format!(" that `{}` needs", shown::name(of)));
                return Err(CommandError::WrongUse(format!(
                    "no step{} binds `{}`{near}",
                    of.unwrap_or_default(),
                    shown::name(name)
                )));
            };
            let later: Vec<String> = found.map(|(_, step)| step.line().to_string()).collect();
            if !later.is_empty() {
                let (line, later) = (steps[step].line(), later.join(", "));
                complain!(
                    "`{name}` is set on line {line}, and bound or changed again on line {later}"
                );
            }
            settings.push(Setting { name: name.clone(), value: value.clone(), step });
        }
        Ok(settings)
    }

    fn say_plan(&self, steps: &[Step], slicer: &Slicer<'_>) {
        if self.json {
            let rows = steps.iter().map(|step| {
                json!({
                    "line": step.line(),
                    "text": step.text.trim_end(),
                    "needs": needs(step, steps, slicer),
                    "binds": step.variables.iter().map(|known| &known.name).collect::<Vec<_>>(),
                })
            });
            return say_json(&Value::Array(rows.collect()));
        }
        for step in steps {
            say_line!("{:>5}  {}", slicer.place_of(step).to_string(), first_line(step));
            for need in needs(step, steps, slicer) {
                say_line!("       needs {need}");
            }
        }
    }
}

/// What a step needs of others, in words, each once.
fn needs(step: &Step, steps: &[Step], slicer: &Slicer<'_>) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let latest = |name: &Option<String>| {
        let versions = step.needs.iter().filter(|need| need.name == *name && name.is_some());
        versions.filter_map(|need| need.step).max()
    };
    for need in &step.needs {
        let made = need.step.and_then(|place| steps.get(place as usize));
        let state = matches!(need.role, Role::Implicit);
        // What a changed value was before is needed by who changed it.
        let is_earlier = latest(&need.name).is_some_and(|latest| Some(latest) > need.step);
        let is_named_too = need.name.is_none()
            && step.needs.iter().any(|other| other.name.is_some() && other.step == need.step);
        if is_earlier || is_named_too {
            continue;
        }
        let what = match &need.name {
            Some(name) if state => state_in_words(name),
            Some(name) => format!("`{name}`"),
            None if state => "what ran before".to_owned(),
            None => match slicer.node(need.node).map(|node| &node.kind) {
                Some(NodeKind::Lookup(_) | NodeKind::Literal(_)) | None => continue,
                _ => "a value".to_owned(),
            },
        };
        let text = match made {
            Some(made) => format!("{what} (line {})", slicer.place_of(made)),
            None => what,
        };
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

fn first_line(step: &Step) -> &str {
    step.text.trim().lines().next().unwrap_or_default()
}

fn no_step(steps: &[Step], until: &str) -> CommandError {
    let names = steps.iter().flat_map(|step| &step.variables);
    let near = near(until, names.map(|known| known.name.as_str()));
    CommandError::WrongUse(match until.parse::<u32>() {
        Ok(line) => format!("no step that would run stands on line {line}"),
        Err(_) => format!("no step that would run binds `{}`{near}", shown::name(until)),
    })
}

fn say_end(steps: &[Step], reran: &Reran, slicer: &Slicer<'_>) {
    let seconds: f64 = reran.steps.iter().map(|step| step.seconds).sum();
    let ran = reran.steps.len();
    match (&reran.raised, steps.get(ran.saturating_sub(1))) {
        (Some(raised), Some(step)) if ran > 0 => {
            let place = slicer.place_of(step);
            complain!("line {place} raised {raised}; {ran} of {} steps ran", steps.len());
        }
        (Some(raised), _) => complain!("{raised}"),
        (None, _) => {
            let by_nodes = reran.steps.iter().filter(|step| step.by_nodes).count();
            let how = match by_nodes {
                0 => String::new(),
                by_nodes => format!(", {by_nodes} of them by their nodes"),
            };
            complain!("{ran} steps ran in {seconds:.3} s{how}");
        }
    }
}

fn say_comparison(steps: &[Step], comparison: &RerunComparison, slicer: &Slicer<'_>) {
    let RerunComparison { compared, values, first } = comparison;
    let of = format!("{compared} of {values} values could be compared");
    let Some(first) = first else {
        if *compared == 0 {
            complain!("nothing could be compared: record with --fingerprints");
        } else {
            say_line!("all the same as was recorded ({of})");
        }
        return;
    };
    let Some(step) = steps.get(first.step) else { return };
    let line = slicer.place_of(step);
    match &first.variable {
        Some((name, shown)) => {
            say_line!("line {line} is the first to differ: `{name}` is {shown} ({of})")
        }
        None => say_line!("line {line} is the first to differ: it raises ({of})"),
    }
    say_line!("       {}", first_line(step));
    if let Some(difference) = &first.difference {
        say_line!("       {difference}");
    }
    for cause in &first.causes {
        say_line!("       {cause}");
    }
    if first.causes.is_empty() {
        say_line!("       nothing that is known of has changed");
    }
}

fn document(steps: &[Step], reran: &Reran, comparison: Option<&RerunComparison>) -> Value {
    let rows = reran.steps.iter().zip(steps).map(|(ran, step)| {
        let variables = ran.variables.iter().map(|variable| {
            json!({
                "name": variable.name,
                "type": variable.type_name,
                "fingerprint": variable.fingerprint,
                "value": variable.shown,
            })
        });
        json!({
            "line": step.line(),
            "text": step.text.trim_end(),
            "seconds": ran.seconds,
            "by_nodes": ran.by_nodes,
            "variables": variables.collect::<Vec<_>>(),
        })
    });
    let comparison = comparison.map(|comparison| {
        let first = comparison.first.as_ref().map(|first| {
            let causes = first.causes.iter();
            json!({
                "line": steps.get(first.step).map(Step::line),
                "variable": first.variable.as_ref().map(|(name, _)| name),
                "difference": first.difference,
                "causes": causes
                    .map(|cause| json!({"what": cause.word(), "text": cause.to_string()}))
                    .collect::<Vec<_>>(),
            })
        });
        json!({"compared": comparison.compared, "values": comparison.values, "first": first})
    });
    json!({
        "comparison": comparison,
        "steps": rows.collect::<Vec<_>>(),
        "raised": reran.raised,
        "exit_code": reran.exit_code,
        "notes": reran.notes,
        "blocked": reran.blocked,
    })
}
