//! Interpreter: what the commands need of an interpreter.

use std::path::PathBuf;
use std::process::Command;

use clew_graph::os_text;
use clew_session::Program;

use crate::CommandError;

/// How much is looked at unless the user says otherwise, as a share of the work that a run is seen to do.
pub const OBSERVE: f64 = 0.05;

/// What `clew run` is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRequest {
    /// What to run.
    pub program: Program,
    /// The arguments after it.
    pub arguments: Vec<String>,
    /// How to record it.
    pub recording: RecordingRequest,
}

/// How a run is to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingRequest {
    /// Where to record, as an absolute place.
    pub store: String,
    /// Whether the place was named, so that one that cannot be used is an error.
    pub store_named: bool,
    /// Whether the built-in annotations are asked.
    pub annotations: bool,
    /// How much is looked at, as a share of the work that the run is seen to do.
    pub observe: f64,
    /// The user's own annotation files.
    pub annotation_files: Vec<String>,
    /// Whether every variable's fingerprint is kept at the end.
    pub fingerprints: bool,
    /// Whether what looks like a secret is masked in what is kept.
    pub redact: bool,
    /// Whether clew's own faults end the run with an error.
    pub strict: bool,
}

/// What `clew run` is asked to do with a notebook.
#[derive(Clone, Debug, PartialEq)]
pub struct NotebookRequest {
    /// The notebook's file.
    pub file: String,
    /// The kernel to run it in, by the name of its specification; else the notebook's own.
    pub kernel: Option<String>,
    /// The file that takes the notebook with its outputs; without one they are shown.
    pub output: Option<String>,
    /// Variables that are bound after the cell with the notebook's parameters, as names and values.
    pub parameters: Vec<(String, String)>,
    /// How to record it.
    pub recording: RecordingRequest,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The exit code.
    pub code: u8,
    /// The session that was recorded, if one was.
    pub session: Option<String>,
}

/// An interpreter, as far as commands need one.
pub trait Interpreter {
    /// Runs a program and records it.
    ///
    /// # Errors
    /// When it could not be begun. What the program itself does is an exit code.
    fn run(&self, request: &RunRequest) -> Result<Started, CommandError>;

    /// Runs a notebook in a kernel of its own and records it.
    ///
    /// # Errors
    /// When it could not be begun. What its cells do is an exit code.
    fn run_notebook(&self, request: &NotebookRequest) -> Result<Started, CommandError>;

    /// The interpreter that replays slices.
    fn python(&self) -> PathBuf;

    /// Whether the user wants no more of a command, asked now and then while it waits.
    fn is_interrupted(&self) -> bool {
        false
    }

    /// What the user interrupted so far was another program.
    fn forget_interrupt(&self) {}
}

/// The active `python`, with the wheel in it.
#[derive(Clone, Debug)]
pub struct PythonCommand {
    program: PathBuf,
}

/// A program for a Python that helps a command: `main` of one of clew's modules, with its arguments.
///
/// Modules of the folder that it is started in are none of its own.
pub(crate) fn helper(module: &str) -> String {
    format!("{ALONE}from {module} import main\nmain(*sys.argv[1:])")
}

/// What such a program begins with.
pub(crate) const ALONE: &str =
    "import sys\ngetattr(sys.flags, 'safe_path', False) or sys.path.pop(0)\n";

impl PythonCommand {
    /// The interpreter that `CLEW_PYTHON` names, else that of the active virtual environment, else
    /// the first `python3` or `python` on the path.
    pub fn active() -> Self {
        let named = std::env::var_os("CLEW_PYTHON").map(PathBuf::from);
        let environment = std::env::var_os("VIRTUAL_ENV")
            .map(|root| PathBuf::from(root).join("bin").join("python"))
            .filter(|python| python.exists());
        let program = named.or(environment).unwrap_or_else(|| PathBuf::from("python3"));
        Self { program }
    }

    /// Hands this process's command line over.
    fn hand_over_all(&self) -> Result<Started, CommandError> {
        let arguments: Vec<String> =
            std::env::args_os().skip(1).map(|word| os_text::to_text(&word)).collect();
        Ok(Started { code: self.hand_over(&arguments)?, session: None })
    }

    /// Hands the whole command line to the wheel's own `clew`, which has the interpreter at hand.
    ///
    /// # Errors
    /// When the interpreter cannot be started.
    pub fn hand_over(&self, arguments: &[String]) -> Result<u8, CommandError> {
        let status = Command::new(&self.program)
            .arg("-m")
            .arg("clew")
            .args(arguments.iter().map(|word| os_text::from_text(word)))
            .status()
            .map_err(|source| CommandError::NoPython {
                python: self.program.display().to_string(),
                source,
            })?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }
}

impl Interpreter for PythonCommand {
    fn run(&self, _request: &RunRequest) -> Result<Started, CommandError> {
        self.hand_over_all()
    }

    fn run_notebook(&self, _request: &NotebookRequest) -> Result<Started, CommandError> {
        self.hand_over_all()
    }

    fn python(&self) -> PathBuf {
        self.program.clone()
    }
}
