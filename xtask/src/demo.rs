//! Demo: from a fresh clone to the slice of a model, in one command.

use crate::Result;
use crate::arguments::Arguments;
use crate::clew::{Clew, STORE};
use crate::workspace::Workspace;
use crate::{python, wheel};

/// Makes `.venv`, installs clew into it, traces an example and shows what clew knows of it.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result {
    arguments.none_left()?;
    let python = python::virtual_environment(workspace)?;
    eprintln!("# the libraries of the examples, for Python {}", python.version);
    python::install_libraries(workspace, &python)?;
    eprintln!("# clew");
    wheel::install(workspace, &python, false)?;

    let clew = Clew::new(&python);
    let folder = tempfile::tempdir()?;
    let script = workspace.root().join("examples/iris.py");
    for (heading, mut command) in [
        ("clew run examples/iris.py", clew.run(&script)),
        ("clew slice model", clew.slice("model")),
        ("clew verify \"iris model\"", clew.verify("iris model")),
    ] {
        println!("\n$ {heading}");
        // A newcomer has no store yet: it is to be `.clew/` of the folder that clew runs in.
        let status = command.current_dir(folder.path()).env_remove(STORE).status()?;
        if !status.success() {
            return Err(format!("`{heading}` failed with {status}").into());
        }
    }
    Ok(())
}
