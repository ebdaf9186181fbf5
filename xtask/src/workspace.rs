//! Workspace: where the repository lies and what Cargo knows about it.

use std::path::{Path, PathBuf};

use serde_json::Value;
use xshell::{Shell, cmd};

use crate::Result;

/// The repository that a chore works on.
pub(crate) struct Workspace {
    root: PathBuf,
    shell: Shell,
}

impl Workspace {
    /// The workspace that Cargo runs xtask from. Asked at run time: a path that is compiled in is
    /// another clone's where two of them share a target folder.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = manifest
            .as_deref()
            .and_then(Path::parent)
            .ok_or("Cargo did not say where the repository is: run `cargo xtask`")?;
        let shell = Shell::new()?;
        shell.change_dir(root);
        Ok(Self { root: root.to_owned(), shell })
    }

    /// The repository's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A shell in the repository's folder.
    pub(crate) fn shell(&self) -> &Shell {
        &self.shell
    }

    /// What the manifests say; dependencies are named and not resolved.
    pub(crate) fn metadata(&self) -> Result<Value> {
        let json =
            cmd!(self.shell, "cargo metadata --no-deps --format-version 1").quiet().read()?;
        Ok(serde_json::from_str(&json)?)
    }

    /// Where Cargo builds.
    pub(crate) fn target(&self) -> Result<PathBuf> {
        let metadata = self.metadata()?;
        let target = metadata["target_directory"].as_str().ok_or("Cargo named no target folder")?;
        Ok(PathBuf::from(target))
    }
}
