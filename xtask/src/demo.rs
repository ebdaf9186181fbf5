//! Demo: from a fresh clone to the slice of a model, in one command.

use crate::Result;
use crate::arguments::Arguments;
use crate::clew::{Clew, STORE};
use crate::wheel::Profile;
use crate::workspace::Workspace;
use crate::{python, wheel};

/// Makes `.venv`, installs clew into it, traces an example and shows what clew knows of it.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result {
    arguments.none_left()?;
    let python = python::virtual_environment(workspace)?;
    python::install_builder(workspace, &python)?;
    eprintln!("# the libraries of the examples, for Python {}, and clew meanwhile", python.version);
    let mut libraries = python::begin_libraries(workspace, &python)?;
    let wheel = wheel::build(workspace, Some(&python), Profile::Demo);
    if !libraries.wait()?.success() {
        return Err("pip could not install the libraries of the examples".into());
    }
    wheel::put(workspace, &python, &wheel?)?;

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
