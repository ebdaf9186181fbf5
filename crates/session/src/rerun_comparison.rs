//! Rerun comparison: the first step of a rerun that made something else than was recorded, and the likeliest cause.

use std::fmt;
use std::path::Path;

use clew_graph::{NodeId, Session, Step, os_text};
use clew_store::{FileRole, Store, StoreError, Variable};
use rustc_hash::FxHashMap;

use crate::comparison::packages_of;
use crate::replay::ReplayError;
use crate::replayer::{FileChange, Replayer};
use crate::rerun::{KeptVariable, Output, RecordedVariable, Reran, Rerun, Setting, VariableRun};
use crate::{Adjustment, Slicer};

/// What a session's values are known to have been.
#[derive(Debug, Default)]
pub struct RecordedValues {
    /// What the variables held when statements had bound or changed them.
    fingerprints: FxHashMap<NodeId, String>,
    /// What the variables held at the end.
    last: Vec<(String, NodeId, String)>,
    /// How the session ended, where it did.
    exit_status: Option<String>,
}

/// What came of comparing a rerun with what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RerunComparison {
    /// How many values could be compared.
    pub compared: usize,
    /// How many values the steps made.
    pub values: usize,
    /// The first step that made something else.
    pub first: Option<FirstDifference>,
}

/// The first step that made something else than was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstDifference {
    /// Which, as a place among the steps.
    pub step: usize,
    /// The variable, and its value in few words; none where the step raised.
    pub variable: Option<(String, String)>,
    /// Where the value is not what was recorded, where that is at hand.
    pub difference: Option<String>,
    /// What may have led to it, the likeliest first.
    pub causes: Vec<RerunCause>,
}

/// Why a rerun made something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RerunCause {
    /// A variable was given another value.
    Set(String),
    /// A module of the program's own is not what it was.
    Module(String, FileChange),
    /// A file that was read is not what it was.
    Data(String, FileChange),
    /// A library has another version, or is gone.
    Package {
        /// Its name.
        name: String,
        /// The version that was recorded.
        recorded: String,
        /// The version now.
        now: Option<String>,
    },
    /// Python itself is another.
    Python {
        /// The version that was recorded.
        recorded: String,
        /// The version now.
        now: String,
    },
    /// It makes another value each time that it runs.
    Chance,
    /// It makes another value for another order of sets.
    Order,
    /// It makes another value in a process that is given other things.
    Process,
}

impl fmt::Display for RerunCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(name) => write!(f, "`{name}` was given another value"),
            Self::Module(file, change) => write!(f, "the module {file} {change}"),
            Self::Data(file, change) => write!(f, "the file {file} {change}"),
            Self::Package { name, recorded, now: Some(now) } => {
                write!(f, "{name} was {recorded} and is {now}")
            }
            Self::Package { name, recorded, now: None } => {
                write!(f, "{name} was {recorded} and is not installed")
            }
            Self::Python { recorded, now } => write!(f, "Python was {recorded} and is {now}"),
            Self::Chance => f.write_str(
                "it makes another value each time that it runs: by a random generator without a seed, the time, or \
                 what runs beside it",
            ),
            Self::Order => f.write_str(
                "it follows the order of a set of texts, which differs from one process to the next (PYTHONHASHSEED)",
            ),
            Self::Process => f.write_str(
                "it holds what the process was given: the numbers of open files, the environment variables, or what was \
                 in memory before",
            ),
        }
    }
}

impl RerunCause {
    /// Its kind, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Set(_) => "code",
            Self::Module(..) => "module",
            Self::Data(..) => "data",
            Self::Package { .. } => "package",
            Self::Python { .. } => "python",
            Self::Chance => "chance",
            Self::Order => "order",
            Self::Process => "process",
        }
    }
}

impl RecordedValues {
    /// What is known of the values that a session's nodes had.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(
        store: &Store,
        session: &Session,
        variables: &[Variable],
    ) -> Result<Self, StoreError> {
        let mut fingerprints = FxHashMap::default();
        let executions = store.executions(session.id)?;
        for execution in executions {
            let values = store.node_values(execution.id)?.into_iter();
            let known = values.filter_map(|value| Some((value.node, value.fingerprint?)));
            fingerprints.extend(known);
        }
        let last = variables.iter();
        let last = last.filter_map(|known| {
            Some((known.name.clone(), known.node?, known.fingerprint.clone()?))
        });
        let exit_status = store.session(&session.id.to_string())?.exit_status;
        Ok(Self { fingerprints, last: last.collect(), exit_status })
    }

    /// What is known of the variables of some steps, and of those at the end.
    pub fn of_steps(&self, steps: &[Step]) -> Vec<RecordedVariable> {
        let variables = steps
            .iter()
            .enumerate()
            .flat_map(|(at, step)| step.variables.iter().map(move |variable| (at, variable)));
        let known = variables.filter_map(|(step, variable)| {
            let fingerprint = self.fingerprints.get(&variable.node?)?.clone();
            Some(RecordedVariable { step: Some(step), name: variable.name.clone(), fingerprint })
        });
        let last = self.last.iter().map(|(name, _, fingerprint)| RecordedVariable {
            step: None,
            name: name.clone(),
            fingerprint: fingerprint.clone(),
        });
        known.chain(last).collect()
    }

    /// How many values of some steps are known, and the first step and variable that a rerun made otherwise.
    fn compare(&self, steps: &[Step], reran: &Reran) -> (usize, usize, Option<(usize, usize)>) {
        let (mut compared, mut values) = (0, 0);
        let mut first = None;
        for (place, (step, ran)) in steps.iter().zip(&reran.steps).enumerate() {
            for (at, variable) in ran.variables.iter().enumerate() {
                values += 1;
                let Some(is_same) = self.is_same(step, variable, reran) else { continue };
                compared += 1;
                if !is_same && first.is_none() {
                    first = Some((place, at));
                }
            }
        }
        (compared, values, first)
    }

    /// Whether a variable is what it was, when a step has run or at the end; `None` where neither is known. What
    /// libraries work out on demand is part of many values, and what arithmetic leaves in a context.
    fn is_same(&self, step: &Step, variable: &VariableRun, reran: &Reran) -> Option<bool> {
        let node = step.variables.iter().find(|known| known.name == variable.name)?.node?;
        let then = self.fingerprints.get(&node);
        let then = then.map(|recorded| variable.fingerprint.as_ref() == Some(recorded));
        if then == Some(true) {
            return then;
        }
        let last = self.last.iter().find(|(name, at, _)| *at == node && *name == variable.name);
        let made = last.and_then(|_| reran.last_of(&variable.name));
        let at_the_end =
            last.zip(made).map(|((.., last), made)| made.fingerprint.as_ref() == Some(last));
        let changes_by_looks =
            variable.changes_by_looks || made.is_some_and(|made| made.changes_by_looks);
        at_the_end.or(then).filter(|&is_same| is_same || !changes_by_looks)
    }
}

impl KeptVariable {
    /// The variables of a session's steps whose values were saved.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all(store: &Store, session: &Session, steps: &[Step]) -> Result<Vec<Self>, StoreError> {
        let mut kept = Vec::new();
        for artifact in store.artifacts()?.into_iter().filter(|known| known.session == session.id) {
            let (Some(node), Some(fingerprint)) = (artifact.node, artifact.fingerprint) else {
                continue;
            };
            let bound = steps.iter().enumerate().find_map(|(place, step)| {
                let bound = step.variables.iter().find(|known| known.node == Some(node))?;
                Some((place, bound.name.clone()))
            });
            let Some((step, name)) = bound else { continue };
            let address = artifact.value.as_deref().and_then(|address| address.parse().ok());
            // To tell where values differ is no reason to fail.
            if let Some(content) = address.and_then(|address| store.get_value(address).ok()) {
                kept.push(Self { step, name, artifact: artifact.name, fingerprint, content });
            }
        }
        Ok(kept)
    }
}

/// A rerun that is compared with what was recorded.
#[derive(Clone, Copy, Debug)]
pub struct ComparedRerun<'a> {
    /// What was asked for; with fingerprints.
    pub asked: &'a Rerun<'a>,
    /// What came of it.
    pub reran: &'a Reran,
    /// The session.
    pub session: &'a Session,
    /// Its slices.
    pub slicer: &'a Slicer<'a>,
}

impl Replayer<'_> {
    /// Compares a rerun with what was recorded. Where nothing is known to have changed that the first difference
    /// could come from, the steps run up to four more times, to see whether chance, the order of sets or what the
    /// process is given is it.
    ///
    /// # Errors
    /// When they cannot be run.
    pub fn compare(
        &self,
        known: &RecordedValues,
        rerun: ComparedRerun<'_>,
    ) -> Result<RerunComparison, ReplayError> {
        let ComparedRerun { asked, reran, .. } = rerun;
        let (compared, values, first) = known.compare(asked.steps, reran);
        let raised =
            || (reran.raised.is_some() && !reran.steps.is_empty()).then(|| reran.steps.len() - 1);
        // A program that ended by an error ends by it again.
        let ends_as_recorded = |step: usize| {
            let span = asked.steps.get(step).map(|step| step.span);
            known.exit_status.as_deref() == Some(reran.exit_code.to_string().as_str())
                && rerun.slicer.all_steps().last().map(|last| last.span) == span
        };
        let (step, at) = match first {
            Some((step, at)) => (step, Some(at)),
            None => match raised().filter(|&step| !ends_as_recorded(step)) {
                Some(step) => (step, None),
                None => return Ok(RerunComparison { compared, values, first: None }),
            },
        };
        let mut causes = self.changes(rerun, step, at);
        if causes.is_empty()
            && let Some(at) = at
            && !asked.in_place
        {
            causes.extend(self.by_trial(asked, (step, at))?);
        }
        let variable = at.map(|at| {
            let variable = &reran.steps[step].variables[at];
            let last = || reran.last_of(&variable.name)?.shown.clone();
            (variable.name.clone(), variable.shown.clone().or_else(last).unwrap_or_default())
        });
        let difference = at.and_then(|at| reran.steps[step].variables[at].difference.clone());
        Ok(RerunComparison {
            compared,
            values,
            first: Some(FirstDifference { step, variable, difference, causes }),
        })
    }

    /// What is known to have changed that a variable of a step could come from.
    fn changes(
        &self,
        ComparedRerun { asked, reran, session, slicer }: ComparedRerun<'_>,
        step: usize,
        at: Option<usize>,
    ) -> Vec<RerunCause> {
        let wanted = &asked.steps[step];
        let name = at.map(|at| &reran.steps[step].variables[at].name);
        let node = wanted.variables.iter().find(|known| Some(&known.name) == name);
        let node = node.and_then(|known| known.node).or(wanted.root());
        let needed = slicer.steps_of(node, &Adjustment::default());
        let is_needed = |place: usize| {
            let span = asked.steps.get(place).map(|step| step.span);
            place == step || needed.iter().any(|needed| Some(needed.span) == span)
        };
        let code: String = needed.iter().map(|step| step.text.as_str()).collect();
        let mut causes: Vec<RerunCause> = Vec::new();
        let set = asked.settings.iter().filter(|setting| is_needed(setting.step));
        causes.extend(set.map(|setting| RerunCause::Set(setting.name.clone())));
        let recorded = packages_of(slicer.graph());
        let packages: Vec<(&String, &String, &Option<String>)> = recorded
            .iter()
            .filter_map(|(name, version)| {
                let (_, now) = reran.packages.iter().find(|(known, _)| known == name)?;
                (now.as_ref() != Some(version)).then_some((name, version, now))
            })
            .collect();
        // The files of a library that has another version are others, wherever it stands.
        let is_of_package = |path: &Path| {
            let within = |part: &std::ffi::OsStr| {
                packages.iter().any(|(name, ..)| part.to_str() == Some(name))
            };
            path.iter().any(within) || path.file_stem().is_some_and(within)
        };
        let folder = &session.working_directory;
        let mut files: Vec<(bool, RerunCause)> = Vec::new();
        for (file, change) in self.changed_files() {
            if file.role == FileRole::Imported && is_of_package(Path::new(&file.path)) {
                continue;
            }
            let whole = os_text::path(&file.path);
            let path = whole.strip_prefix(os_text::path(folder)).unwrap_or(&whole);
            let path = os_text::to_text(path.as_os_str());
            let stem = Path::new(&path).file_stem().and_then(|stem| stem.to_str());
            let is_named = stem.is_some_and(|stem| code.contains(stem));
            let cause = match file.role {
                FileRole::Imported => RerunCause::Module(path, *change),
                _ => RerunCause::Data(path, *change),
            };
            files.push((is_named, cause));
        }
        // What the code speaks of comes first.
        files.sort_by_key(|(is_named, _)| !is_named);
        causes.extend(files.into_iter().map(|(_, cause)| cause));
        causes.extend(packages.iter().map(|&(name, version, now)| RerunCause::Package {
            name: name.clone(),
            recorded: version.clone(),
            now: now.clone(),
        }));
        if session.python_version != reran.python {
            let (recorded, now) = (session.python_version.clone(), reran.python.clone());
            causes.push(RerunCause::Python { recorded, now });
        }
        causes
    }

    /// Runs the steps again to see whether they make the same value each time, for each order of sets, and in any process.
    fn by_trial(
        &self,
        asked: &Rerun<'_>,
        (step, at): (usize, usize),
    ) -> Result<Option<RerunCause>, ReplayError> {
        let settings: Vec<Setting> =
            asked.settings.iter().filter(|setting| setting.step <= step).cloned().collect();
        let made = |seed: u32, other_process: bool| -> Result<Option<String>, ReplayError> {
            let trial = Rerun {
                steps: &asked.steps[..=step],
                settings: &settings,
                kept: &[],
                recorded: &[],
                other_process,
                shows_steps: false,
                output: Output::Dropped,
                hash_seed: Some(seed),
                ..*asked
            };
            let reran = self.rerun(&trial)?;
            let variable = reran.steps.get(step).and_then(|step| step.variables.get(at));
            Ok(variable.and_then(|variable| variable.fingerprint.clone()))
        };
        let first = made(0, false)?;
        if made(0, false)? != first {
            return Ok(Some(RerunCause::Chance));
        }
        if made(1, false)? != first {
            return Ok(Some(RerunCause::Order));
        }
        Ok((made(0, true)? != first).then_some(RerunCause::Process))
    }
}
