//! Process: a program run once, in a fresh folder and for a limited time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What a program did.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// How it ended; `None` where it was stopped because its time was up.
    pub(crate) exit: Option<ExitStatus>,
    /// What it wrote to standard output.
    pub(crate) stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub(crate) stderr: Vec<u8>,
    /// The files that it left in its folder, by their paths in it.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// How long it ran.
    pub(crate) seconds: f64,
}

impl Outcome {
    /// Whether it ended by itself and well.
    pub(crate) fn success(&self) -> bool {
        self.exit.is_some_and(|status| status.success())
    }
}

/// A folder for programs to run in: emptied before each of them and always at the same path, which
/// they may print.
pub(crate) struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// A workplace of its own.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()? })
    }

    /// A path that programs do not run in and that is not emptied.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a program in the emptied folder. Its output goes to files, so that a child that
    /// outlives it cannot hold up the reading.
    pub(crate) fn run(
        &self,
        command: &mut Command,
        stdin: &[u8],
        timeout: Duration,
    ) -> io::Result<Outcome> {
        let work = self.beside("work");
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        fs::create_dir(&work)?;
        let [input, output, errors] = ["stdin", "stdout", "stderr"].map(|name| self.beside(name));
        File::create(&input)?.write_all(stdin)?;
        command
            .current_dir(&work)
            .stdin(File::open(&input)?)
            .stdout(File::create(&output)?)
            .stderr(File::create(&errors)?);
        let start = Instant::now();
        let exit = wait(&mut spawn(command)?, timeout)?;
        let seconds = start.elapsed().as_secs_f64();
        let mut files = BTreeMap::new();
        collect_files(&work, &work, &mut files)?;
        Ok(Outcome { exit, stdout: fs::read(output)?, stderr: fs::read(errors)?, files, seconds })
    }
}

fn spawn(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    // A group of its own can be stopped with all its children.
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.spawn()
}

fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let passed = start.elapsed();
        if passed >= timeout {
            stop(child)?;
            return Ok(None);
        }
        // Short programs are timed finely, long ones are left in peace.
        std::thread::sleep(
            (passed / 100).clamp(Duration::from_millis(1), Duration::from_millis(50)),
        );
    }
}

fn stop(child: &mut Child) -> io::Result<()> {
    if cfg!(unix) {
        Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
    } else {
        child.kill()?;
    }
    child.wait()?;
    Ok(())
}

fn collect_files(
    root: &Path,
    folder: &Path,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            collect_files(root, &path, files)?;
            files.insert(name + "/", Vec::new());
        } else if kind.is_file() {
            // A file without leave to read it is there all the same.
            files.insert(name, fs::read(&path).unwrap_or_default());
        } else if kind.is_symlink() {
            let target = fs::read_link(&path)?;
            files.insert(name + "@", target.to_string_lossy().into_owned().into_bytes());
        }
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn run(script: &str, seconds: u64) -> Outcome {
        let place = Workplace::new().unwrap();
        let mut shell = Command::new("sh");
        place
            .run(shell.args(["-c", script]), b"from stdin\n", Duration::from_secs(seconds))
            .unwrap()
    }

    #[test]
    fn everything_that_a_program_does_is_seen() {
        let outcome = run("cat; echo oops >&2; mkdir d; echo hi >d/f; exit 3", 10);
        assert_eq!(outcome.exit.unwrap().code(), Some(3));
        assert_eq!(outcome.stdout, b"from stdin\n");
        assert_eq!(outcome.stderr, b"oops\n");
        let files: Vec<(&str, &[u8])> =
            outcome.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        assert_eq!(files, [("d/", b"".as_slice()), ("d/f", b"hi\n")]);
    }

    #[test]
    fn a_program_whose_time_is_up_is_stopped_with_its_children() {
        let start = Instant::now();
        let outcome = run("sleep 60 & sleep 60; echo done", 1);
        assert!(outcome.exit.is_none() && !outcome.success());
        assert!(start.elapsed() < Duration::from_secs(30));
        assert_eq!(outcome.stdout, b"");
    }

    #[test]
    fn a_child_that_outlives_its_program_does_not_hold_it_up() {
        let outcome = run("sleep 20 & echo done", 10);
        assert!(outcome.success());
        assert_eq!(outcome.stdout, b"done\n");
    }
}
