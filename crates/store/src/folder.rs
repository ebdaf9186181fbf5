//! Folder: where a store lies, as a user names it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clew_graph::os_text;

use crate::StoreError;
use crate::catalog::Catalog;
use crate::identity::Identity;
use crate::patience::Patience;
use crate::reading::beside;
use crate::values::Values;

/// A folder with a store in it.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// Its absolute path: the program that we run may change its working directory.
    pub(crate) path: PathBuf,
    /// How long to wait for other processes.
    pub(crate) patience: Patience,
    /// Whether it may only be read.
    pub(crate) read_only: bool,
    /// What the path led to when the store was opened.
    identity: Option<Identity>,
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
        let folder = std::path::absolute(os_text::path(place)).map_err(|error| {
            StoreError::NotWritable { folder: os_text::path(place), source: error.into() }
        })?;
        make(&folder)?;
        let identity = Identity::of(&folder);
        Ok(Self { path: folder, patience: Patience::new(), read_only: false, identity })
    }

    /// The same folder, which may only be read.
    pub(crate) fn for_reading(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Opens the catalog for the first time, and makes it where needed.
    pub(crate) fn make_catalog(&self) -> Result<Catalog, StoreError> {
        let file = self.catalog_file();
        check_plain(&file)?;
        if self.read_only {
            return Catalog::open_to_read(&file);
        }
        make_private_file(&file);
        Catalog::open(&file, &self.patience)
    }

    /// Opens the catalog of a store that was opened before.
    pub(crate) fn open_catalog(&self) -> Result<Catalog, StoreError> {
        self.check_there()?;
        self.make_catalog()
    }

    /// Opens the values of a store that was opened before.
    pub(crate) fn open_values(&self) -> Result<Values, StoreError> {
        self.check_there()?;
        let file = self.path.join("values.db");
        check_plain(&file)?;
        if self.read_only {
            return Values::open_to_read(&file);
        }
        make_private_file(&file);
        Values::open(&file, &self.patience)
    }

    /// An error where another folder or none is in the place of the store, or its catalog is gone: what
    /// would be made there is no part of this store.
    fn check_there(&self) -> Result<(), StoreError> {
        match Identity::of(&self.path) == self.identity && self.catalog_file().exists() {
            true => Ok(()),
            false => Err(StoreError::Gone { folder: self.path.clone() }),
        }
    }

    fn catalog_file(&self) -> PathBuf {
        self.path.join("catalog.db")
    }
}

fn make(folder: &Path) -> Result<(), StoreError> {
    let is_new = !folder.exists();
    let made = match folder.parent().filter(|_| is_new) {
        Some(parent) => std::fs::create_dir_all(parent).and_then(|()| make_private(folder)),
        None => std::fs::create_dir_all(folder),
    };
    let Err(error) = made else {
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

/// Makes a folder that nobody else may look into: a store holds what programs did and made.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Another process may have been faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Makes the file of a database, empty, for its owner only; the files that SQLite puts beside it are given
/// the same permissions. A failure shows when it is opened.
fn make_private_file(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(file);
}

/// An error where a database or a file that SQLite keeps beside it is no plain file. A link would lead out
/// of the store, and a pipe would be waited for.
fn check_plain(file: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let path = beside(file, suffix);
        if path.symlink_metadata().is_ok_and(|known| !known.is_file() && !known.is_dir()) {
            return Err(StoreError::NotPlain { path });
        }
    }
    Ok(())
}

/// A URL as it may be shown: secrets stand before the `@` and in what is asked for.
fn without_password(url: &str) -> String {
    let (shown, asked) = url.split_once('?').map_or((url, ""), |(shown, _)| (shown, "?…"));
    match shown.split_once("://").zip(shown.rsplit_once('@')) {
        Some(((scheme, _), (_, rest))) => format!("{scheme}://…@{rest}{asked}"),
        // An `@` behind the question mark may end a password that has one.
        None if url.contains('@') => {
            format!("{}://…", shown.split("://").next().unwrap_or_default())
        }
        None => format!("{shown}{asked}"),
    }
}
