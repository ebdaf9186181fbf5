//! Scripts: questions that are asked of every script under some paths, by Python programs that
//! share what they are made of with the test suite.

use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::arguments::Arguments;
use crate::python::Python;
use crate::workspace::Workspace;

/// Runs `crates/python/tests/QUESTION.py` with the interpreter that is asked about. What it prints
/// and exits with is the chore's.
pub(crate) fn ask(workspace: &Workspace, question: &str, mut arguments: Arguments) -> Result {
    let named = arguments.value::<PathBuf>("--python")?;
    let python = Python::with_clew(workspace, named, false)?;
    let program = workspace.root().join(format!("crates/python/tests/{question}.py"));
    let status = Command::new(&python.path).arg(program).args(arguments.all()).status()?;
    std::process::exit(status.code().unwrap_or(1));
}
