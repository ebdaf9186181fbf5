//! Python: an interpreter to work with, and the repository's own `.venv`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;

use xshell::cmd;

use crate::Result;
use crate::workspace::Workspace;

/// The oldest Python that clew works with.
const OLDEST: Version = Version { major: 3, minor: 11 };

/// The names under which a Python may be found; the user's own choice comes first.
const NAMES: [&str; 6] =
    ["python3", "python3.11", "python3.12", "python3.13", "python3.14", "python"];

/// An interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    /// Where it is. A launcher that stands in for it, as pyenv's, has been seen through.
    pub(crate) path: PathBuf,
    /// Which Python it is.
    pub(crate) version: Version,
}

/// A Python's version, as far as the language goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

impl Python {
    /// Asks an interpreter what it is.
    pub(crate) fn ask(program: impl AsRef<Path>) -> Result<Self> {
        let program = program.as_ref();
        let question = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)";
        let answer = Command::new(program)
            .args(["-c", question])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let text = String::from_utf8_lossy(&answer.stdout);
        let (version, path) = text
            .split_once('\n')
            .filter(|_| answer.status.success())
            .ok_or_else(|| format!("{} does not run as a Python", program.display()))?;
        Ok(Self { path: PathBuf::from(path.trim()), version: version.trim().parse()? })
    }

    /// The interpreter of a chore: the one that was named, or else that of `.venv` with a wheel of
    /// the working tree as it stands.
    pub(crate) fn with_clew(
        workspace: &Workspace,
        named: Option<PathBuf>,
        release: bool,
    ) -> Result<Self> {
        match named {
            Some(path) => Self::ask(path),
            None => {
                let python = virtual_environment(workspace)?;
                crate::wheel::install(workspace, &python, release)?;
                Ok(python)
            }
        }
    }

    /// The first Python on the path that is recent enough and can make a virtual environment.
    fn find() -> Result<Self> {
        let mut rejected = Vec::new();
        for name in NAMES {
            let Ok(python) = Self::ask(name) else { continue };
            match python.fault() {
                None => return Ok(python),
                Some(fault) => rejected.push(format!("  {name} is {}, {fault}", python.version)),
            }
        }
        let found =
            if rejected.is_empty() { "  none was found".to_owned() } else { rejected.join("\n") };
        Err(format!(
            "clew needs Python {OLDEST} or later with its `venv` module, as one of {} on PATH:\n{found}",
            NAMES.join(", ")
        )
        .into())
    }

    /// Why no virtual environment can be made from it, if so.
    fn fault(&self) -> Option<&'static str> {
        if self.version < OLDEST {
            return Some("which is too old");
        }
        let status = Command::new(&self.path)
            .args(["-c", "import venv, ensurepip"])
            .stderr(Stdio::null())
            .status();
        // Debian and its kin ship `ensurepip` in a package of its own.
        (!status.is_ok_and(|status| status.success())).then_some("without `venv` or `ensurepip`")
    }
}

/// The interpreter of the repository's `.venv`, which is made where there is none that works.
pub(crate) fn virtual_environment(workspace: &Workspace) -> Result<Python> {
    let folder = workspace.root().join(".venv");
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let program = folder.join(inside);
    if let Ok(python) = Python::ask(&program)
        && python.version >= OLDEST
    {
        return Ok(python);
    }
    let Python { path, .. } = Python::find()?;
    cmd!(workspace.shell(), "{path} -m venv --clear {folder}").run()?;
    Python::ask(&program)
}

/// Installs the tools that build and test the package, and the libraries of the examples.
/// Nothing is fetched for what is there already.
pub(crate) fn install_libraries(workspace: &Workspace, python: &Python) -> Result {
    let Python { path, .. } = python;
    let tools = "crates/python/requirements.txt";
    let libraries = "examples/requirements.txt";
    cmd!(workspace.shell(), "{path} -m pip install --quiet -r {tools} -r {libraries}").run()?;
    Ok(())
}

/// Installs what builds the package, and nothing else.
pub(crate) fn install_builder(workspace: &Workspace, python: &Python) -> Result {
    let Python { path, .. } = python;
    let tools = "crates/python/requirements.txt";
    cmd!(workspace.shell(), "{path} -m pip install --quiet --constraint {tools} maturin").run()?;
    Ok(())
}

/// Begins to install the libraries of the examples. What of them is run is compiled when it is.
pub(crate) fn begin_libraries(workspace: &Workspace, python: &Python) -> Result<Child> {
    Ok(Command::new(&python.path)
        .args(["-m", "pip", "install", "--quiet", "--no-compile"])
        .args(["-r", "examples/requirements.txt"])
        .current_dir(workspace.root())
        .spawn()?)
}

/// Installs the libraries that programs in `tests/slices` say they need.
pub(crate) fn install_test_libraries(workspace: &Workspace, python: &Python) -> Result {
    let Python { path, .. } = python;
    cmd!(workspace.shell(), "{path} -m pip install --quiet -r tests/libraries.txt").run()?;
    Ok(())
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        text.split_once('.')
            .and_then(|(major, minor)| {
                Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
            })
            .ok_or_else(|| format!("`{text}` is no version of Python such as {OLDEST}"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
