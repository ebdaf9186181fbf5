//! Replayer: runs slices of a session in a fresh Python, in a scratch copy of the session's folders.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use clew_graph::{Session, Source, SourceLocation};
use clew_store::{Store, StoreError};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tempfile::TempDir;

use crate::replay::{Replay, ReplayError, Replayed, Restored};

/// Runs slices of a session.
pub struct Replayer<'w> {
    python: PathBuf,
    session: Session,
    settings: ReplaySettings,
    file: Option<String>,
    module: Option<String>,
    roots: Vec<String>,
    sessions: Vec<(i64, i64)>,
    left_out: Vec<String>,
    restored: Vec<(String, Vec<u8>)>,
    watch: Option<Box<Watch<'w>>>,
}

/// Hears now and then for how long a replay has been running, and `None` at its end; answers whether it
/// is to go on.
type Watch<'w> = dyn Fn(Option<Duration>) -> bool + 'w;

/// How slices are replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaySettings {
    /// How long a replay may take.
    pub limit: Duration,
    /// Whether it may change the world beside its scratch copy.
    pub allow_effects: bool,
}

/// A text to run, and what is looked at afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The text.
    pub code: &'a str,
    /// The variables.
    pub variables: &'a [String],
    /// The artifact, as the text saves it; where it does not, the variables are looked at.
    pub artifact: Option<&'a str>,
    /// The fingerprints that were recorded.
    pub recorded: &'a [&'a str],
}

impl Default for ReplaySettings {
    fn default() -> Self {
        Self { limit: Duration::from_secs(600), allow_effects: false }
    }
}

/// Modules of the folder that it is started in are none of its own.
const START: &str = "\
import sys
sys.flags.safe_path or sys.path.pop(0)
from clew._replay import main
main(sys.argv[1])";

impl<'w> Replayer<'w> {
    /// Makes ready to run slices of a session by a Python.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        store: &Store,
        session: &Session,
        sources: &[Source],
        python: &Path,
        settings: ReplaySettings,
    ) -> Result<Self, StoreError> {
        let folder = &session.working_directory;
        let file = sources.iter().find_map(|source| match &source.location {
            SourceLocation::File(path) => Some(path.clone()),
            _ => None,
        });
        // A script is given by its path, a module by its name.
        let given = session.arguments.first().cloned().unwrap_or_default();
        let module = file.as_ref().filter(|file| !is_path_to(&given, folder, file)).map(|_| given);
        let script_folder = file.as_deref().and_then(|file| Path::new(file).parent());
        let mut roots = vec![folder.clone()];
        if let Some(other) = script_folder.filter(|other| !other.starts_with(folder)) {
            roots.push(other.to_string_lossy().into_owned());
        }
        let sessions = store
            .sessions()?
            .into_iter()
            .filter(|other| other.session.working_directory == *folder)
            .filter(|other| other.session.created >= session.created)
            .filter_map(|other| Some((other.session.created.0, other.finished?.0)))
            .collect();
        Ok(Self {
            python: python.to_owned(),
            session: session.clone(),
            settings,
            file,
            module,
            roots,
            sessions,
            left_out: Vec::new(),
            restored: Vec::new(),
            watch: None,
        })
    }

    /// Has replays tell now and then for how long they have been running, and `None` at their end, and
    /// ask whether to go on.
    pub fn watched(mut self, watch: impl Fn(Option<Duration>) -> bool + 'w) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Runs a text in a fresh interpreter and fingerprints each value that it makes.
    ///
    /// # Errors
    /// When it cannot be run. What the text itself does is an answer.
    pub fn replay(&self, trial: Trial<'_>) -> Result<Replayed, ReplayError> {
        let folder = &self.session.working_directory;
        if !Path::new(folder).is_dir() {
            return Err(ReplayError::NoFolder { folder: folder.clone() });
        }
        let scratch = self.scratch().map_err(ReplayError::NoScratch)?;
        let temporary = scratch.path().join("tmp");
        let errors = scratch.path().join("stderr");
        let prepared = self.prepare(&scratch, trial).and_then(|()| {
            fs::create_dir(&temporary)?;
            fs::File::create(&errors)
        });
        let errors_file = prepared.map_err(ReplayError::NoScratch)?;
        let start =
            |source| ReplayError::Start { python: self.python.display().to_string(), source };
        let mut child = Command::new(&self.python)
            .args(["-c", START])
            .arg(scratch.path())
            .env("TMPDIR", &temporary)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors_file)
            .process_group(0)
            .spawn()
            .map_err(start)?;
        let ended = self.wait(&mut child);
        end_group(&child);
        if !matches!(ended, Ended::Itself(_)) {
            child.wait().map_err(start)?;
        }
        let answer = fs::read(scratch.path().join("answer.json")).ok();
        let said = fs::read(&errors).unwrap_or_default();
        clear(scratch);
        if let Some(replayed) = answer.and_then(|answer| serde_json::from_slice(&answer).ok()) {
            return Ok(replayed);
        }
        let values = trial.variables.len();
        Ok(match ended {
            Ended::Interrupted => return Err(ReplayError::Interrupted),
            Ended::Unknown(source) => return Err(start(source)),
            Ended::Late => {
                let limit = self.settings.limit.as_secs();
                let reason = format!("its replay was stopped after {limit} seconds; see --timeout");
                Replayed::without_answer(values, &reason, false)
            }
            // A slice may end its own process.
            Ended::Itself(status) => {
                let said = String::from_utf8_lossy(&said);
                let last = said.lines().last().map_or_else(|| status.to_string(), str::to_owned);
                Replayed::without_answer(values, &last, true)
            }
        })
    }

    /// A folder for a replay, apart from those that it gets its own view of.
    fn scratch(&self) -> io::Result<TempDir> {
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let places = ["/var/tmp", "/tmp", "/dev/shm"].map(PathBuf::from);
        let inside = |place: &PathBuf| self.roots.iter().any(|root| place.starts_with(root));
        let mut last = None;
        for place in places.into_iter().chain(home).filter(|place| !inside(place)) {
            match tempfile::Builder::new().prefix("clew-").tempdir_in(&place) {
                Ok(folder) => return Ok(folder),
                Err(error) => last = Some(error),
            }
        }
        Err(last
            .unwrap_or_else(|| io::Error::other("every folder for it lies within the session's")))
    }

    /// Writes the task down.
    fn prepare(&self, scratch: &TempDir, trial: Trial<'_>) -> io::Result<()> {
        let mut restored = Vec::new();
        for (number, (path, content)) in self.restored.iter().enumerate() {
            let kept = scratch.path().join(format!("kept{number}"));
            fs::write(&kept, content)?;
            let content = kept.to_string_lossy().into_owned();
            restored.push(Restored { path: path.clone(), content });
        }
        let replay = Replay {
            code: trial.code,
            file: self.file.as_deref(),
            module: self.module.as_deref(),
            arguments: &self.session.arguments,
            working_directory: &self.session.working_directory,
            roots: &self.roots,
            overlay: std::env::var("CLEW_SCRATCH").as_deref() != Ok("copy"),
            left_out: &self.left_out,
            sessions: &self.sessions,
            restored,
            allow_effects: self.settings.allow_effects,
            variables: trial.variables,
            artifact: trial.artifact,
            recorded: trial.recorded.to_vec(),
        };
        fs::write(scratch.path().join("task.json"), serde_json::to_vec(&replay)?)
    }

    /// Waits for a process until its time is up.
    fn wait(&self, child: &mut Child) -> Ended {
        let began = Instant::now();
        let mut pause = Duration::from_millis(2);
        let watch = |taken| self.watch.as_ref().is_none_or(|watch| watch(taken));
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ended::Itself(status),
                Ok(None) => {}
                Err(error) => break Ended::Unknown(error),
            }
            let taken = began.elapsed();
            if taken > self.settings.limit {
                break Ended::Late;
            }
            if !watch(Some(taken)) {
                break Ended::Interrupted;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        };
        watch(None);
        ended
    }
}

/// How a replaying process came to its end.
enum Ended {
    Itself(ExitStatus),
    /// Its time was up.
    Late,
    /// Whoever watches wants no more of it.
    Interrupted,
    /// The system does not say.
    Unknown(io::Error),
}

/// Whether what a program was started by is the path to its script.
fn is_path_to(given: &str, folder: &str, file: &str) -> bool {
    let given = given.strip_prefix("./").unwrap_or(given);
    given == file || Path::new(folder).join(given) == Path::new(file)
}

/// Ends the processes that a replay left behind; its workers have nothing more to do.
fn end_group(child: &Child) {
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // Whoever tidies up after others does so once they are gone.
    let _ = kill_process_group(group, Signal::TERM);
    for _ in 0..20 {
        if test_kill_process_group(group).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = kill_process_group(group, Signal::KILL);
}

/// Removes a scratch copy; the system leaves folders of its own in it that nobody may enter.
fn clear(scratch: TempDir) {
    let layers = fs::read_dir(scratch.path()).into_iter().flatten().flatten();
    for layer in layers {
        let work = layer.path().join("work").join("work");
        if work.is_dir() {
            let _ = fs::set_permissions(&work, fs::Permissions::from_mode(0o700));
        }
    }
    if let Err(error) = scratch.close() {
        tracing::warn!(error = &error as &dyn std::error::Error, "a scratch copy is still there");
    }
}
