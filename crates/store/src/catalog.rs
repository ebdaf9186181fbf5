//! Catalog: the database that says what there is.
//!
//! Only [`connection`] says what is SQLite's own; the tables' queries run on Postgres too.

use std::path::Path;

use diesel::Connection as _;
use tempfile::TempDir;

use crate::identity::DatabaseFile;
use crate::patience::Patience;
use crate::{StoreError, reading};

mod connection;
mod encoding;
mod failure;
mod schema;
pub(crate) mod tables;

pub(crate) use connection::Connection;
pub(crate) use failure::{Failure, explain};

/// An open catalog. Every change is one transaction: all of it is kept, or none.
pub(crate) struct Catalog {
    connection: Connection,
    file: DatabaseFile,
    patience: Patience,
    read_only: bool,
    /// What is read instead of the file, where that may not be written to.
    _copy: Option<TempDir>,
}

impl Catalog {
    /// Opens the catalog in a file, and makes it or brings it up to date where needed.
    pub(crate) fn open(file: &Path, patience: &Patience) -> Result<Self, StoreError> {
        let connection = patience
            .retry(|| connection::open(file, patience).map_err(|failure| explain(file, failure)))?;
        let (file, patience) = (DatabaseFile::opened(file), patience.clone());
        Ok(Self { connection, file, patience, read_only: false, _copy: None })
    }

    /// Opens the catalog in a file that may not be written to.
    pub(crate) fn open_to_read(file: &Path) -> Result<Self, StoreError> {
        let (connection, copy) = reading::open(file, |readable| {
            connection::open_to_read(readable).map_err(|failure| explain(file, failure))
        })?;
        let patience = Patience::new();
        let file = DatabaseFile::opened(file);
        Ok(Self { connection, file, patience, read_only: true, _copy: copy })
    }

    /// Reads, as of one moment. Others may write meanwhile.
    pub(crate) fn read<T>(
        &mut self,
        query: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.connection.transaction(query).map_err(|failure| explain(&self.file.path, failure))
    }

    /// Changes something. `change` runs again when others were in the way; what it keeps outside
    /// the catalog has to bear that.
    pub(crate) fn write<T>(
        &mut self,
        mut change: impl FnMut(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let Self { connection, file, patience, .. } = self;
        if self.read_only {
            return Err(file.refused());
        }
        // A file that was moved or removed takes all that is written and gives nobody any of it.
        file.check_there()?;
        let changed = patience.retry(|| {
            connection::write(connection, &mut change)
                .map_err(|failure| explain(&file.path, failure))
        })?;
        file.check_there()?;
        Ok(changed)
    }

    /// Waits for other processes so that [`Patience::hurry`] is heard.
    pub(crate) fn set_restless(&mut self) -> Result<(), StoreError> {
        connection::set_restless(&mut self.connection)
            .map_err(|failure| explain(&self.file.path, failure))
    }

    /// Whether the changes from now on are on the disk before [`Self::write`] returns. If not, a
    /// killed process loses nothing, but a power cut may lose the latest changes.
    pub(crate) fn set_durable(&mut self, durable: bool) -> Result<(), StoreError> {
        connection::set_durable(&mut self.connection, durable)
            .map_err(|failure| explain(&self.file.path, failure))
    }
}
