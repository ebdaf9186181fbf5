//! Rerun: which steps of a session run again one by one, and what came of it.

use clew_graph::{Source, Step};
use serde::{Deserialize, Serialize};

/// Which steps are run again, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rerun<'a> {
    /// The steps, in order.
    pub steps: &'a [Step],
    /// The texts that the steps stand in, for what tracebacks quote.
    pub sources: &'a [Source],
    /// Variables that get other values than their steps give them.
    pub settings: &'a [Setting],
    /// The graph, as text, where steps are to run by their nodes if these say all of it.
    pub graph: Option<&'a str>,
    /// Whether each step is reported on standard error when it has run.
    pub shows_steps: bool,
    /// Whether the content of each variable that a step bound or changed is fingerprinted then.
    pub fingerprints: bool,
    /// Whether it runs in the session's own folder, and not in a scratch copy.
    pub in_place: bool,
    /// Variables whose recorded values are at hand: where one differs, it is said where.
    pub kept: &'a [KeptVariable],
    /// The values that were recorded: what is another is shown.
    pub recorded: &'a [RecordedVariable],
    /// Whether the process is given other things than it would be: more open files, more environment variables, memory
    /// that held something.
    pub other_process: bool,
    /// Libraries whose versions are wanted, as they are imported.
    pub packages: &'a [String],
    /// Where what the program prints goes.
    #[serde(skip)]
    pub output: Output,
    /// `PYTHONHASHSEED`
    #[serde(skip)]
    pub hash_seed: Option<u32>,
}

/// A variable of a step, and the value that was recorded of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptVariable {
    /// The step that bound or changed it, as a place among the steps.
    pub step: usize,
    /// Its name.
    pub name: String,
    /// The artifact that its value was saved as.
    pub artifact: String,
    /// The fingerprint of the value.
    pub fingerprint: String,
    /// The value, as it was saved.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// A variable of a step, and the fingerprint that was recorded of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedVariable {
    /// The step that bound or changed it, as a place among the steps; none for what it was when all had run.
    pub step: Option<usize>,
    /// Its name.
    pub name: String,
    /// The fingerprint of its value.
    pub fingerprint: String,
}

/// Where what a program prints goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Where it would go.
    Shown,
    /// To standard error, all of it.
    OnErrors,
    /// Nowhere.
    Dropped,
}

/// A variable that gets another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The variable.
    pub name: String,
    /// A literal of Python's, or else a text.
    pub value: String,
    /// The step that would bind it first, as a place among the steps.
    pub step: usize,
}

/// What came of a rerun.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Reran {
    /// The steps that ran, in order; the last may have raised.
    pub steps: Vec<StepRun>,
    /// The variables when all had run, where they were fingerprinted.
    #[serde(default)]
    pub last: Vec<VariableRun>,
    /// Where a step raised: the last line of its traceback, which was shown.
    pub raised: Option<String>,
    /// The program's exit code.
    pub exit_code: u8,
    /// The version of the Python that ran it.
    #[serde(default)]
    pub python: String,
    /// The versions of the libraries that were asked for; none of those that are not installed.
    pub packages: Vec<(String, Option<String>)>,
    /// What it was kept from doing to the world, in words.
    pub blocked: Vec<String>,
    /// How the scratch copy is not what the folders were.
    pub notes: Vec<String>,
}

impl Reran {
    /// A variable as it was when all steps had run.
    pub(crate) fn last_of(&self, name: &str) -> Option<&VariableRun> {
        self.last.iter().find(|made| made.name == name)
    }
}

/// A step that ran again.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct StepRun {
    /// How long it took.
    pub seconds: f64,
    /// Whether it ran by its nodes, and not by its text.
    pub by_nodes: bool,
    /// The variables that it bound or changed, as far as it is known which.
    pub variables: Vec<VariableRun>,
}

/// A variable after a step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VariableRun {
    /// Its name.
    pub name: String,
    /// The type of its value, as `module.qualname`.
    pub type_name: String,
    /// The fingerprint of its value, where one was asked for and can be made.
    pub fingerprint: Option<String>,
    /// The value in few words.
    pub shown: Option<String>,
    /// Where it is not what was recorded, where that is at hand.
    #[serde(default)]
    pub difference: Option<String>,
    /// Whether to look at the value changes it: then it cannot be compared.
    #[serde(default)]
    pub changes_by_looks: bool,
}
