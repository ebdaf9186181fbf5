//! Clew: the commands of clew that chores use, each spelled here and nowhere else.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::Python;

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

    /// Prints the slice of a variable or artifact of the last session.
    pub(crate) fn slice(&self, name: &str) -> Command {
        self.command(["slice", name])
    }

    /// Replays the slice of an artifact and compares the values.
    pub(crate) fn verify(&self, name: &str) -> Command {
        self.command(["verify", name])
    }

    fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-m", "clew"]).args(words);
        command
    }
}
