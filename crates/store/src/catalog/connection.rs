//! Connection: all that is SQLite's own about the catalog.

use std::collections::BTreeSet;
use std::path::Path;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Failure;
use crate::patience::Patience;
use crate::reading::Readable;

/// What the tables' queries run on.
pub(crate) type Connection = SqliteConnection;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("src/catalog/migrations");

diesel::table! {
    // Diesel's own record of the migrations that were run.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

diesel::table! {
    // SQLite's list of what a database holds.
    sqlite_master (name) {
        name -> Text,
    }
}

/// Opens the database in a file, and makes it or brings it up to date where needed.
pub(super) fn open(file: &Path, patience: &Patience) -> Result<Connection, Failure> {
    let path = file.to_str().ok_or_else(|| {
        Failure::Other("SQLite's paths are UTF-8; use a folder whose path is".into())
    })?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;",
        patience.limit().as_millis()
    ))?;
    if !is_current(&mut connection)? {
        upgrade(&mut connection)?;
    }
    Ok(connection)
}

/// Opens a database that may not be written to; a copy of it is brought up to date.
pub(super) fn open_to_read(readable: &Readable) -> Result<Connection, Failure> {
    let mut connection = SqliteConnection::establish(&readable.address)?;
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {};",
        Patience::new().limit().as_millis()
    ))?;
    if !is_current(&mut connection)? {
        upgrade(&mut connection)?;
    }
    Ok(connection)
}

/// Runs a change that has the lock from its first statement on. Without that, two processes that
/// read before they write could each wait for the other.
pub(super) fn write<T>(
    connection: &mut Connection,
    change: impl FnOnce(&mut Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    connection.immediate_transaction(change)
}

pub(super) fn set_durable(connection: &mut Connection, durable: bool) -> Result<(), Failure> {
    let level = if durable { "FULL" } else { "NORMAL" };
    connection.batch_execute(&format!("PRAGMA synchronous = {level};"))?;
    Ok(())
}

/// SQLite waits for others for a short while at a time, so that whoever waits can do something else.
pub(super) fn set_restless(connection: &mut Connection) -> Result<(), Failure> {
    connection.batch_execute("PRAGMA busy_timeout = 100;")?;
    Ok(())
}

/// Whether the database has all the tables that we know; an error where it has more.
fn is_current(connection: &mut Connection) -> Result<bool, Failure> {
    let known: BTreeSet<String> =
        migrations()?.iter().map(|migration| migration.name().version().to_string()).collect();
    let Some(applied) = applied(connection)? else { return Ok(false) };
    match applied.difference(&known).next() {
        Some(unknown) => Err(Failure::Newer(format!("its tables have the change {unknown}"))),
        None => Ok(applied == known),
    }
}

/// The versions of the migrations that were run; `None` in a database that knows of none.
fn applied(connection: &mut Connection) -> Result<Option<BTreeSet<String>>, Failure> {
    let versions = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load::<String>(connection);
    match versions {
        Ok(versions) => Ok(Some(versions.into_iter().collect())),
        Err(error) if error.to_string().contains("no such table") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn upgrade(connection: &mut Connection) -> Result<(), Failure> {
    connection.transaction(check_ours)?;
    // Readers and one writer do not wait for each other in this mode. It belongs to the file and
    // cannot be chosen inside a transaction.
    connection.batch_execute("PRAGMA journal_mode = WAL;")?;
    write(connection, |connection| {
        // Another process may have been faster.
        if !is_current(connection)? {
            connection.run_pending_migrations(MIGRATIONS).map_err(migration_failure)?;
        }
        Ok(())
    })
}

/// An error where the database holds something, but not what we put there.
fn check_ours(connection: &mut Connection) -> Result<(), Failure> {
    let tables: i64 = sqlite_master::table.count().get_result(connection)?;
    match applied(connection)? {
        None if tables > 0 => Err(Failure::NotOurs),
        _ => Ok(()),
    }
}

fn migrations() -> Result<Vec<Box<dyn Migration<Sqlite>>>, Failure> {
    MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(migration_failure)
}

fn migration_failure(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => Failure::Query(*error),
        Err(error) => Failure::Other(error),
    }
}
