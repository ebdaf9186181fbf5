//! Ci: what a change must pass, cheapest first.

use std::io::Write;
use std::time::Instant;

use xshell::cmd;

use crate::arguments::Arguments;
use crate::clew::STORE;
use crate::python::Python;
use crate::wheel::Profile;
use crate::workspace::Workspace;
use crate::{Result, annotations, layers, newcomer, python, wheel};

/// Runs one step after the other and stops at the first that fails. The Rust tests and then the
/// Python tests come last, so that their own closing lines end the output.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result {
    arguments.none_left()?;
    let shell = workspace.shell();
    step("format", || Ok(cmd!(shell, "cargo fmt --all --check").run()?))?;
    step("layers", || layers::check(workspace))?;
    // From here on crates that link Python are built, and so it takes a Python to go on.
    let python = step("virtual environment", || {
        let python = python::virtual_environment(workspace)?;
        python::install_libraries(workspace, &python)?;
        python::install_test_libraries(workspace, &python)?;
        Ok(python)
    })?;
    for (name, value) in wheel::variables(&python) {
        shell.set_var(name, value);
    }
    step("clippy", || {
        Ok(cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
    })?;
    step("documentation", || {
        let doc = cmd!(shell, "cargo doc --workspace --no-deps");
        Ok(doc.env("RUSTDOCFLAGS", "-D warnings").run()?)
    })?;
    step("wheel", || {
        let wheel = wheel::build(workspace, Some(&python), Profile::Dev)?;
        wheel::put(workspace, &python, &wheel)?;
        newcomer::follow(workspace, &python, &wheel)
    })?;
    step("annotations", || annotations::check_quickly(workspace, &python))?;
    // Always the whole workspace: cargo compiles what a dependency's features differ for once for each
    // choice of packages. Examples of the crates that link Python are compiled and not run, for there is
    // no interpreter around them.
    step("documentation tests", || Ok(cmd!(shell, "cargo test --doc --workspace").run()?))?;
    step("Rust tests", || {
        if cmd!(shell, "cargo nextest --version")
            .quiet()
            .ignore_stdout()
            .ignore_stderr()
            .run()
            .is_ok()
        {
            Ok(cmd!(shell, "cargo nextest run --workspace --no-fail-fast").run()?)
        } else {
            let kinds = ["--lib", "--bins", "--tests", "--examples"];
            Ok(cmd!(shell, "cargo test --workspace --no-fail-fast {kinds...}").run()?)
        }
    })?;
    python_tests(workspace, &python)
}

/// Runs pytest as if `.venv` had been activated. Its last line is to be the last of all, and so is
/// what it exits with.
fn python_tests(workspace: &Workspace, python: &Python) -> Result {
    println!("\n# Python tests");
    let programs = python.path.parent().into_iter().map(ToOwned::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(programs.chain(std::env::split_paths(&path)))?;
    let status = std::process::Command::new(&python.path)
        .args(["-m", "pytest", "-n", "2", "crates/python"])
        .current_dir(workspace.root())
        .env("PATH", path)
        .env_remove(STORE)
        .status()?;
    std::process::exit(status.code().unwrap_or(1));
}

/// Runs a step between its name and its time.
fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n# {name}");
    std::io::stdout().flush()?;
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "" } else { " and failed" };
    println!("# {name} took {:.1} s{verdict}", start.elapsed().as_secs_f64());
    outcome
}
