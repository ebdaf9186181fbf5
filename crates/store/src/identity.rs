//! Identity: whether a path still leads to what it led to.

use std::path::{Path, PathBuf};

use crate::StoreError;

/// A file or folder by what the file system calls it, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    number: u64,
}

impl Identity {
    /// What a path leads to, if anything.
    #[cfg(unix)]
    pub(crate) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let known = std::fs::metadata(path).ok()?;
        Some(Self { device: known.dev(), number: known.ino() })
    }

    /// What a path leads to, if anything. Elsewhere an open file can be neither moved nor removed.
    #[cfg(not(unix))]
    pub(crate) fn of(path: &Path) -> Option<Self> {
        path.exists().then_some(Self { device: 0, number: 0 })
    }
}

/// The file of an open database.
pub(crate) struct DatabaseFile {
    pub(crate) path: PathBuf,
    identity: Option<Identity>,
}

impl DatabaseFile {
    /// The file that was opened just now.
    pub(crate) fn opened(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: Identity::of(path) }
    }

    /// An error where the path leads to another file by now, or to none.
    pub(crate) fn check_there(&self) -> Result<(), StoreError> {
        match Identity::of(&self.path) == self.identity {
            true => Ok(()),
            false => Err(StoreError::Gone { folder: self.folder() }),
        }
    }

    /// Why nothing can be changed in a file that was opened to be read.
    pub(crate) fn refused(&self) -> StoreError {
        StoreError::NotWritable { folder: self.folder(), source: "it may only be read".into() }
    }

    fn folder(&self) -> PathBuf {
        self.path.parent().unwrap_or(&self.path).to_owned()
    }
}
