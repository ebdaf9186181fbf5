//! Newcomer: the README followed from its top, in an empty environment and a fresh folder.

use std::path::Path;

use xshell::cmd;

use crate::Result;
use crate::arguments::Arguments;
use crate::python::{self, Python};
use crate::wheel::{self, Profile};
use crate::workspace::Workspace;

/// Builds the wheel, and has it tried.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result {
    arguments.none_left()?;
    let python = python::virtual_environment(workspace)?;
    python::install_libraries(workspace, &python)?;
    let wheel = wheel::build(workspace, Some(&python), Profile::Dev)?;
    follow(workspace, &python, &wheel)
}

/// Follows the README with a wheel, in an environment that an interpreter makes.
pub(crate) fn follow(workspace: &Workspace, python: &Python, wheel: &Path) -> Result {
    let script = workspace.root().join("crates/python/tests/newcomer.py");
    let Python { path, .. } = python;
    cmd!(workspace.shell(), "{path} {script} {wheel}").run()?;
    Ok(())
}
