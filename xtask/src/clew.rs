//! Clew: the commands of clew that chores use, each spelled here and nowhere else.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::Python;

/// The variable that names the file to which `clew run` reports what it recorded, as
/// `{"nodes": n, "unknown": n}`.
pub(crate) const REPORT: &str = "CLEW_REPORT";

/// The variable that names the store.
pub(crate) const STORE: &str = "CLEW_STORE";

/// The clew that is installed for an interpreter.
pub(crate) struct Clew {
    python: PathBuf,
}

impl Clew {
    /// The clew of an interpreter.
    pub(crate) fn new(python: &Python) -> Self {
        Self { python: python.path.clone() }
    }

    /// Runs a script and records it.
    pub(crate) fn run(&self, script: &Path) -> Command {
        self.command(["run".as_ref(), script.as_os_str()])
    }

    /// Runs a script and records it with a fingerprint of every variable at its end, so that all
    /// of them can be verified.
    pub(crate) fn run_with_fingerprints(&self, script: &Path, annotations: bool) -> Command {
        let mut words = vec!["run".as_ref(), "--fingerprints".as_ref()];
        if !annotations {
            words.push("--no-annotations".as_ref());
        }
        words.push(script.as_os_str());
        self.command(words)
    }

    /// Prints the slice of a variable or artifact of the last session.
    pub(crate) fn slice(&self, name: &str) -> Command {
        self.command(["slice", name])
    }

    /// Replays the slice of an artifact and compares the values.
    pub(crate) fn verify(&self, name: &str) -> Command {
        self.command(["verify", name])
    }

    /// Replays the slice of every variable of the last session. It prints
    /// `[{"name", "verdict", "reason", "kept", "statements"}, …]`.
    pub(crate) fn verify_all(&self) -> Command {
        self.command(["verify", "--all", "--json"])
    }

    fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-m", "clew"]).args(words);
        command
    }
}
