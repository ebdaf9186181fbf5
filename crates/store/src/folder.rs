//! Folder: where a store lies, as a user names it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::catalog::Catalog;
use crate::patience::Patience;
use crate::values::Values;

/// A folder with a store in it.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// Its absolute path: the program that we run may change its working directory.
    pub(crate) path: PathBuf,
    /// How long to wait for other processes.
    pub(crate) patience: Patience,
}

impl Folder {
    /// Reads what a user wrote, and makes the folder where needed.
    pub(crate) fn open(place: &str) -> Result<Self, StoreError> {
        if place.is_empty() {
            return Err(StoreError::EmptyPlace);
        }
        if let Some((scheme, _)) = place.split_once("://") {
            let place = without_password(place);
            return Err(match scheme {
                "postgres" | "postgresql" => StoreError::Postgres { place },
                _ => StoreError::UnknownScheme { place },
            });
        }
        let folder = std::path::absolute(place).map_err(|error| StoreError::NotWritable {
            folder: PathBuf::from(place),
            source: error.into(),
        })?;
        make(&folder)?;
        Ok(Self { path: folder, patience: Patience::DEFAULT })
    }

    pub(crate) fn open_catalog(&self) -> Result<Catalog, StoreError> {
        Catalog::open(&self.path.join("catalog.db"), self.patience)
    }

    pub(crate) fn open_values(&self) -> Result<Values, StoreError> {
        Values::open(&self.path.join("values.db"), self.patience)
    }
}

fn make(folder: &Path) -> Result<(), StoreError> {
    let is_new = !folder.exists();
    let Err(error) = std::fs::create_dir_all(folder) else {
        if is_new {
            // A store is nothing to commit. Where this cannot be said, git shows it, and that is all.
            let _ = std::fs::write(folder.join(".gitignore"), "*\n");
        }
        return Ok(());
    };
    match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            let blocking = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
            Err(StoreError::NotAFolder { path: blocking.to_owned() })
        }
        _ => Err(StoreError::NotWritable { folder: folder.to_owned(), source: error.into() }),
    }
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    match url.split_once("://").zip(url.rsplit_once('@')) {
        Some(((scheme, _), (_, rest))) => format!("{scheme}://…@{rest}"),
        None => url.to_owned(),
    }
}
