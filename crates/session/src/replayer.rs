//! Replayer: runs slices of a session in a fresh Python, in a scratch copy of the session's folders.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};

use clew_graph::{Session, SessionKind, Source, SourceLocation, os_text};
use clew_store::{FileRole, SessionFile, Store};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tempfile::TempDir;

use crate::redact::redacted_lines;
use crate::replay::{Replay, ReplayError, Replayed, Restored};
use crate::rerun::{Output, Reran, Rerun};
use crate::trust;

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
    more_roots: Vec<String>,
    /// What of the session's files is not as it was.
    notes: Vec<String>,
    /// The files that are what they are now.
    changed: Vec<(SessionFile, FileChange)>,
    /// Lines that do not run as they did, for a secret was masked in them.
    redacted: Vec<String>,
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
    /// Whether code and pickles are run that others than this user may have put into the store.
    pub allow_untrusted: bool,
    /// Whether the files that the session read are what they are now, and not what they were then.
    pub files_as_now: bool,
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
    /// The artifact's value as it was saved, to tell where another one differs.
    pub value: Option<&'a [u8]>,
}

impl Default for ReplaySettings {
    fn default() -> Self {
        Self {
            limit: Duration::from_secs(600),
            allow_effects: false,
            allow_untrusted: false,
            files_as_now: false,
        }
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
    /// When the store cannot be read, or others could have changed the code that it holds and that is not
    /// allowed.
    pub fn new(
        store: &Store,
        session: &Session,
        sources: &[Source],
        python: &Path,
        settings: ReplaySettings,
    ) -> Result<Self, ReplayError> {
        let changeable = trust::changeable_by_others(store.folder());
        if let Some(reason) = changeable.filter(|_| !settings.allow_untrusted) {
            return Err(ReplayError::Untrusted { reason });
        }
        let folder = &session.working_directory;
        let file = file_of(sources);
        let module = started_by_name(session, file.as_deref());
        let script_folder = file.as_deref().and_then(|file| Path::new(file).parent());
        let mut roots = vec![folder.clone()];
        if let Some(other) = script_folder.filter(|other| !other.starts_with(folder)) {
            roots.push(other.to_string_lossy().into_owned());
        }
        let sessions = store
            .sessions()?
            .into_iter()
            .filter(|other| !settings.files_as_now && other.session.working_directory == *folder)
            .filter(|other| other.session.created >= session.created)
            .filter_map(|other| Some((other.session.created.0, other.finished?.0)))
            .collect();
        let mut replayer = Self {
            python: python.to_owned(),
            session: session.clone(),
            settings,
            file,
            module,
            roots,
            sessions,
            left_out: Vec::new(),
            restored: Vec::new(),
            more_roots: Vec::new(),
            notes: Vec::new(),
            changed: Vec::new(),
            redacted: redacted_lines(store, session.id),
            watch: None,
        };
        for file in store.files(session.id)? {
            replayer.consider(&file);
        }
        // What is in a folder goes before the folder.
        replayer.left_out.sort_by_key(|path| std::cmp::Reverse(path.len()));
        Ok(replayer)
    }

    /// Sees to it that a file is as the session found it.
    fn consider(&mut self, file: &SessionFile) {
        let path = &file.path;
        if Some(path) == self.file.as_ref() {
            return;
        }
        let is_covered =
            |roots: &[String]| roots.iter().any(|root| Path::new(path).starts_with(root));
        if matches!(file.role, FileRole::Written | FileRole::Changed) {
            let folder = Path::new(path).parent().and_then(Path::to_str).unwrap_or("/");
            let apart = |root: &String| !Path::new(root).starts_with(folder);
            let system = ["/", "/dev", "/proc", "/sys", "/etc", "/var/tmp"];
            if !is_covered(&self.roots)
                && !is_covered(&self.more_roots)
                && !system.contains(&folder)
                && self.roots.iter().chain(&self.more_roots).all(apart)
                && self.more_roots.len() < MOST_FURTHER_ROOTS
                && Path::new(folder).is_dir()
            {
                self.more_roots.push(folder.to_owned());
            }
        }
        match (file.role, &file.content) {
            (FileRole::Written, _) => self.left_out.push(path.clone()),
            (FileRole::Changed, Some(content)) => {
                self.restored.push((path.clone(), content.clone()));
            }
            (FileRole::Changed, None) if Path::new(path).is_file() => {
                let note =
                    format!("the session changed {path}, and what was in it before is not known");
                self.notes.push(note);
            }
            (FileRole::Changed, None) => {}
            (FileRole::Read | FileRole::Imported, content) => {
                let Some(change) = change_since(file) else { return };
                if self.settings.files_as_now {
                    self.changed.push((file.clone(), change));
                    return;
                }
                let name = path.strip_prefix(&self.session.working_directory).unwrap_or(path);
                let name = name.trim_start_matches('/');
                match content.as_ref().filter(|_| is_covered(&self.roots)) {
                    Some(content) => {
                        self.restored.push((path.clone(), content.clone()));
                        self.notes.push(format!("{name} {change}; the replay has it as it was"));
                    }
                    None => self.notes.push(format!("{name} {change}")),
                }
            }
        }
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
        let ran = self.run(trial, None)?;
        let answer = ran.answer.and_then(|answer| serde_json::from_slice::<Replayed>(&answer).ok());
        if let Some(mut replayed) = answer {
            replayed.notes.extend(self.notes.iter().cloned());
            return Ok(replayed);
        }
        let values = trial.variables.len();
        Ok(match ran.ended {
            Ended::Late => {
                let limit = self.settings.limit.as_secs();
                let reason = format!("its replay was stopped after {limit} seconds; see --timeout");
                Replayed::without_answer(values, &reason, false)
            }
            // A slice may end its own process.
            Ended::Itself(status) => {
                let last =
                    ran.said.lines().last().map_or_else(|| status.to_string(), str::to_owned);
                Replayed::without_answer(values, &last, true)
            }
        })
    }

    /// The files that the session read and that are not what they were, where they are as they are now.
    pub fn changed_files(&self) -> &[(SessionFile, FileChange)] {
        &self.changed
    }

    /// Runs steps again in a fresh interpreter.
    ///
    /// # Errors
    /// When they cannot be run. What the steps themselves do is an answer.
    pub fn rerun(&self, rerun: &Rerun<'_>) -> Result<Reran, ReplayError> {
        let code: String =
            rerun.steps.iter().flat_map(|step| [step.text.trim_end(), "\n"]).collect();
        let trial =
            Trial { code: &code, variables: &[], artifact: None, recorded: &[], value: None };
        let ran = self.run(trial, Some(rerun))?;
        let answer = ran.answer.and_then(|answer| serde_json::from_slice::<Reran>(&answer).ok());
        if let Some(mut reran) = answer {
            reran.notes.extend(self.notes.iter().cloned());
            return Ok(reran);
        }
        let (raised, exit_code) = match ran.ended {
            Ended::Late => {
                let limit = self.settings.limit.as_secs();
                (format!("it was stopped after {limit} seconds; see --timeout"), 1)
            }
            // A program may end its own process.
            Ended::Itself(status) => {
                let code = status.code().and_then(|code| u8::try_from(code).ok());
                (format!("the program ended its process ({status})"), code.unwrap_or(1))
            }
        };
        Ok(Reran { raised: Some(raised), exit_code, ..Reran::default() })
    }

    /// Runs a text, or steps, in a fresh interpreter. What steps print is the user's to see.
    fn run(&self, trial: Trial<'_>, rerun: Option<&Rerun<'_>>) -> Result<Ran, ReplayError> {
        let folder = &self.session.working_directory;
        if !os_text::path(folder).is_dir() {
            return Err(ReplayError::NoFolder { folder: folder.clone() });
        }
        if let Some(line) = self.redacted.iter().find(|line| trial.code.contains(*line)) {
            return Err(ReplayError::Redacted { line: line.clone() });
        }
        let scratch = self.scratch().map_err(ReplayError::NoScratch)?;
        let temporary = scratch.path().join("tmp");
        let errors = scratch.path().join("stderr");
        let prepared = self.prepare(&scratch, trial, rerun).and_then(|()| {
            fs::create_dir(&temporary)?;
            fs::File::create(&errors)
        });
        let errors_file = prepared.map_err(ReplayError::NoScratch)?;
        let start =
            |source| ReplayError::Start { python: self.python.display().to_string(), source };
        let mut command = Command::new(&self.python);
        command.args(["-c", START]).arg(scratch.path()).stdin(Stdio::null()).process_group(0);
        if !rerun.is_some_and(|rerun| rerun.in_place) {
            command.env("TMPDIR", &temporary);
        }
        match rerun {
            None => command.stdout(Stdio::null()).stderr(errors_file),
            Some(rerun) => {
                if let Some(seed) = rerun.hash_seed {
                    command.env("PYTHONHASHSEED", seed.to_string());
                }
                if rerun.other_process {
                    // What is allocated has this in each byte.
                    command.env("MALLOC_PERTURB_", "85");
                }
                match rerun.output {
                    Output::Shown => &mut command,
                    Output::OnErrors => command.stdout(io::stderr()),
                    Output::Dropped => command.stdout(Stdio::null()).stderr(errors_file),
                }
            }
        };
        let mut child = command.spawn().map_err(start)?;
        let ended = self.wait(&mut child);
        end_group(&child);
        if !matches!(ended, Waited::For(Ended::Itself(_))) {
            child.wait().map_err(start)?;
        }
        let answer = fs::read(scratch.path().join("answer.json")).ok();
        let said = fs::read(&errors).unwrap_or_default();
        clear(scratch);
        let said = String::from_utf8_lossy(&said).into_owned();
        match ended {
            Waited::For(ended) => Ok(Ran { answer, ended, said }),
            Waited::Interrupted => Err(ReplayError::Interrupted),
            Waited::Unknown(source) => Err(start(source)),
        }
    }

    /// A folder for a replay, apart from those that it gets its own view of.
    fn scratch(&self) -> io::Result<TempDir> {
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let places = ["/var/tmp", "/tmp", "/dev/shm"].map(PathBuf::from);
        let roots: Vec<&String> = self.roots.iter().chain(&self.more_roots).collect();
        let inside = |place: &PathBuf| roots.iter().any(|root| place.starts_with(root));
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
    fn prepare(
        &self,
        scratch: &TempDir,
        trial: Trial<'_>,
        rerun: Option<&Rerun<'_>>,
    ) -> io::Result<()> {
        let mut restored = Vec::new();
        for (number, (path, content)) in self.restored.iter().enumerate() {
            let kept = scratch.path().join(format!("kept{number}"));
            fs::write(&kept, content)?;
            let content = kept.to_string_lossy().into_owned();
            restored.push(Restored { path: path.clone(), content });
        }
        for (number, kept) in rerun.map_or(&[][..], |rerun| rerun.kept).iter().enumerate() {
            fs::write(scratch.path().join(format!("variable{number}.pickle")), &kept.content)?;
        }
        let value = scratch.path().join("value.pickle");
        let value = match trial.value {
            Some(content) => {
                fs::write(&value, content)?;
                Some(value.to_string_lossy().into_owned())
            }
            None => None,
        };
        let replay = Replay {
            code: trial.code,
            cells: self.session.kind == SessionKind::Notebook,
            file: self.file.as_deref(),
            module: self.module.as_deref(),
            arguments: &self.session.arguments,
            working_directory: &self.session.working_directory,
            roots: &self.roots,
            more_roots: &self.more_roots,
            overlay: std::env::var("CLEW_SCRATCH").as_deref() != Ok("copy"),
            left_out: &self.left_out,
            sessions: &self.sessions,
            restored,
            allow_effects: self.settings.allow_effects,
            allow_untrusted: self.settings.allow_untrusted,
            variables: trial.variables,
            artifact: trial.artifact,
            recorded: trial.recorded.to_vec(),
            value,
            rerun,
        };
        let task = os_text::in_json(&serde_json::to_string(&replay)?);
        fs::write(scratch.path().join("task.json"), task)
    }

    /// Waits for a process until its time is up.
    fn wait(&self, child: &mut Child) -> Waited {
        let began = Instant::now();
        let mut pause = Duration::from_millis(2);
        let watch = |taken| self.watch.as_ref().is_none_or(|watch| watch(taken));
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Waited::For(Ended::Itself(status)),
                Ok(None) => {}
                Err(error) => break Waited::Unknown(error),
            }
            let taken = began.elapsed();
            if taken > self.settings.limit {
                break Waited::For(Ended::Late);
            }
            if !watch(Some(taken)) {
                break Waited::Interrupted;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        };
        watch(None);
        ended
    }
}

/// What came of a process that replayed something.
struct Ran {
    /// What it left as its answer.
    answer: Option<Vec<u8>>,
    ended: Ended,
    /// What it wrote to standard error, where that was kept.
    said: String,
}

/// How a replaying process came to its end.
enum Ended {
    Itself(ExitStatus),
    /// Its time was up.
    Late,
}

/// What came of waiting for it.
enum Waited {
    For(Ended),
    /// Whoever watches wants no more of it.
    Interrupted,
    /// The system does not say.
    Unknown(io::Error),
}

/// How many folders beside the session's own a replay gets its own view of.
const MOST_FURTHER_ROOTS: usize = 8;

/// What became of a file since a session read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// It is there no more.
    Gone,
    /// It holds something else.
    Changed,
}

impl fmt::Display for FileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "is gone",
            Self::Changed => "has changed since",
        })
    }
}

/// How a file differs from what a session read, if it does. Where no digest was kept, its size and its time say so.
pub fn change_since(file: &SessionFile) -> Option<FileChange> {
    let path = os_text::path(&file.path);
    let Ok(now) = fs::metadata(&path) else { return Some(FileChange::Gone) };
    if file.size != Some(now.len()) {
        return Some(FileChange::Changed);
    }
    let same = match &file.digest {
        Some(digest) => {
            let mut hasher = blake3::Hasher::new();
            let read = fs::File::open(&path).and_then(|file| hasher.update_reader(file).map(drop));
            read.is_ok() && hasher.finalize().to_hex().as_str() == digest
        }
        None => {
            let modified = now.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_micros();
            file.modified.is_none_or(|then| i64::try_from(modified) == Ok(then.0))
        }
    };
    (!same).then_some(FileChange::Changed)
}

/// The name of the module that a session ran, where it was started by that; a script is started by its
/// path.
pub fn started_by_name(session: &Session, file: Option<&str>) -> Option<String> {
    let given = session.arguments.first()?;
    file.filter(|file| !is_path_to(given, &session.working_directory, file)).map(|_| given.clone())
}

/// The file that a session's text stands in.
pub fn file_of(sources: &[Source]) -> Option<String> {
    sources.iter().find_map(|source| match &source.location {
        SourceLocation::File(path) => Some(path.clone()),
        _ => None,
    })
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
