//! Catalog: the database that says what there is.
//!
//! Only [`connection`] says what is SQLite's own; the tables' queries run on Postgres too.

use std::path::{Path, PathBuf};

use diesel::Connection as _;

use crate::StoreError;
use crate::patience::Patience;

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
    file: PathBuf,
    patience: Patience,
}

impl Catalog {
    /// Opens the catalog in a file, and makes it or brings it up to date where needed.
    pub(crate) fn open(file: &Path, patience: Patience) -> Result<Self, StoreError> {
        let connection = patience
            .retry(|| connection::open(file, patience).map_err(|failure| explain(file, failure)))?;
        Ok(Self { connection, file: file.to_owned(), patience })
    }

    /// Reads, as of one moment. Others may write meanwhile.
    pub(crate) fn read<T>(
        &mut self,
        query: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.connection.transaction(query).map_err(|failure| explain(&self.file, failure))
    }

    /// Changes something. `change` runs again when others were in the way; what it keeps outside
    /// the catalog has to bear that.
    pub(crate) fn write<T>(
        &mut self,
        mut change: impl FnMut(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let Self { connection, file, patience } = self;
        patience.retry(|| {
            connection::write(connection, &mut change).map_err(|failure| explain(file, failure))
        })
    }

    /// Whether the changes from now on are on the disk before [`Self::write`] returns. If not, a
    /// killed process loses nothing, but a power cut may lose the latest changes.
    pub(crate) fn set_durable(&mut self, durable: bool) -> Result<(), StoreError> {
        connection::set_durable(&mut self.connection, durable)
            .map_err(|failure| explain(&self.file, failure))
    }
}
