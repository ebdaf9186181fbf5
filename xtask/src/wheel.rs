//! Wheel: the Python package, built for one interpreter.

use std::ffi::OsString;
use std::path::PathBuf;

use xshell::cmd;

use crate::Result;
use crate::arguments::Arguments;
use crate::python::{self, Python};
use crate::workspace::Workspace;

/// Builds the wheel and prints its path.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let release = arguments.flag("--release");
    let named = arguments.value::<PathBuf>("--python")?;
    arguments.none_left()?;
    let python = named.map(Python::ask).transpose()?;
    let wheel = build(workspace, python.as_ref(), release)?;
    println!("{}", wheel.display());
    Ok(())
}

/// Builds the wheel and puts it in the place of the one that is installed.
pub(crate) fn install(workspace: &Workspace, python: &Python, release: bool) -> Result {
    let wheel = build(workspace, Some(python), release)?;
    let Python { path, .. } = python;
    // Its version does not change from build to build, so pip is forced to take it.
    cmd!(workspace.shell(), "{path} -m pip install --quiet --force-reinstall --no-deps {wheel}")
        .run()?;
    Ok(())
}

/// What maturin passes to the build about an interpreter. Cargo builds pyo3 again whenever one of these
/// changes, so other chores say the same.
pub(crate) fn variables(python: &Python) -> [(&'static str, OsString); 3] {
    let signature = format!("cpython-{}-{}bit", python.version, usize::BITS);
    [
        ("PYO3_PYTHON", python.path.clone().into()),
        ("PYO3_ENVIRONMENT_SIGNATURE", signature.into()),
        ("PYO3_BUILD_EXTENSION_MODULE", "1".into()),
    ]
}

/// Builds the wheel for an interpreter, or for that of `.venv`; maturin always comes from there.
fn build(workspace: &Workspace, python: Option<&Python>, release: bool) -> Result<PathBuf> {
    let shell = workspace.shell();
    let builder = python::virtual_environment(workspace)?;
    let python = python.unwrap_or(&builder);
    let profile = if release { "release" } else { "dev" };
    // A folder of its own and empty, so that the wheel in it is the one that was built.
    let out = workspace.target()?.join(format!("wheels/{profile}-{}", python.version));
    shell.remove_path(&out)?;
    let (maturin, interpreter) = (&builder.path, &python.path);
    if cmd!(shell, "{maturin} -c").arg("import maturin").quiet().ignore_stderr().run().is_err() {
        python::install_libraries(workspace, &builder)?;
    }
    cmd!(
        shell,
        "{maturin} -m maturin build --manifest-path crates/python/Cargo.toml
            --interpreter {interpreter} --profile {profile} --out {out}"
    )
    .run()?;
    let built = shell.read_dir(&out)?;
    let wheel = built.into_iter().find(|path| path.extension().is_some_and(|ext| ext == "whl"));
    wheel.ok_or_else(|| format!("maturin left no wheel in {}", out.display()).into())
}
