//! Wheel: the Python package, built for one interpreter.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use xshell::cmd;

use crate::Result;
use crate::arguments::Arguments;
use crate::python::{self, Python};
use crate::workspace::Workspace;

/// How a wheel is compiled.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// As the tests are, with which it shares what it is made of.
    Dev,
    /// To be installed by others.
    Release,
    /// To be run a few times, and then forgotten.
    Demo,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Demo => "demo",
        }
    }
}

/// Builds the wheel and prints its path.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let profile = if arguments.flag("--release") { Profile::Release } else { Profile::Dev };
    let named = arguments.value::<PathBuf>("--python")?;
    arguments.none_left()?;
    let python = named.map(Python::ask).transpose()?;
    let wheel = build(workspace, python.as_ref(), profile)?;
    println!("{}", wheel.display());
    Ok(())
}

/// Builds the wheel and puts it in the place of the one that is installed.
pub(crate) fn install(workspace: &Workspace, python: &Python, release: bool) -> Result {
    let profile = if release { Profile::Release } else { Profile::Dev };
    put(workspace, python, &build(workspace, Some(python), profile)?)
}

/// Puts a wheel in the place of the one that is installed.
pub(crate) fn put(workspace: &Workspace, python: &Python, wheel: &Path) -> Result {
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
pub(crate) fn build(
    workspace: &Workspace,
    python: Option<&Python>,
    profile: Profile,
) -> Result<PathBuf> {
    let shell = workspace.shell();
    let builder = python::virtual_environment(workspace)?;
    let python = python.unwrap_or(&builder);
    let profile = profile.name();
    // A folder of its own and empty, so that the wheel in it is the one that was built.
    let out = workspace.target()?.join(format!("wheels/{profile}-{}", python.version));
    shell.remove_path(&out)?;
    let (maturin, interpreter) = (&builder.path, &python.path);
    if cmd!(shell, "{maturin} -c").arg("import maturin").quiet().ignore_stderr().run().is_err() {
        python::install_builder(workspace, &builder)?;
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
