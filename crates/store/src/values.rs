//! Values: the database that holds values' bytes, in compressed chunks.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tempfile::TempDir;

use crate::identity::DatabaseFile;
use crate::patience::Patience;
use crate::{StoreError, ValueAddress, reading};

/// Content is cut into chunks of this length, so that no more than one is compressed or copied at
/// a time, and so that other processes get their turn in between.
const CHUNK: usize = 16 << 20;

/// Fast, and most of what a slower level gains: see `Compression levels` in zstd's own figures.
const LEVEL: i32 = 1;

/// A value that was begun this long ago and is still without an address was left by a process
/// that died.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// The number that [`TABLES`] has in `PRAGMA user_version`.
const FORM: i64 = 1;

const TABLES: &str = "
    -- Without an address until all chunks are there.
    CREATE TABLE value (
        key INTEGER PRIMARY KEY,
        address BLOB UNIQUE,
        size INTEGER NOT NULL,
        -- When it was last put, in microseconds since 1970.
        put INTEGER NOT NULL
    );
    CREATE TABLE chunk (
        key INTEGER PRIMARY KEY,
        value INTEGER NOT NULL REFERENCES value (key) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        compressed INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (value, seq)
    );
    PRAGMA user_version = 1;
";

/// The open database of values' bytes.
pub(crate) struct Values {
    connection: Connection,
    file: DatabaseFile,
    /// What is read instead of the file, where that may not be written to.
    _copy: Option<TempDir>,
}

impl Values {
    /// Opens the database in a file, and makes it where needed.
    pub(crate) fn open(file: &Path, patience: &Patience) -> Result<Self, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::from_sqlite(file, error.into());
        let connection = patience.retry(|| {
            let mut connection = connect(file, patience).map_err(failed)?;
            let moment = connection.transaction().map_err(failed)?;
            let found = form(&moment).map_err(failed)?;
            let is_empty = is_empty(&moment).map_err(failed)?;
            drop(moment);
            match found {
                FORM => {}
                0 if is_empty => make(&mut connection).map_err(failed)?,
                0 => return Err(StoreError::NotOurs { file: file.to_owned() }),
                _ => return Err(newer(file, found)),
            }
            Ok(connection)
        })?;
        Ok(Self { connection, file: DatabaseFile::opened(file), _copy: None })
    }

    /// Opens the database in a file that may not be written to.
    pub(crate) fn open_to_read(file: &Path) -> Result<Self, StoreError> {
        let (connection, copy) = reading::open(file, |readable| {
            let found = Connection::open(&readable.address).and_then(|connection| {
                connection.busy_timeout(Patience::new().limit())?;
                form(&connection).map(|found| (found, connection))
            });
            match found.map_err(|error| StoreError::from_sqlite(file, error.into()))? {
                (FORM, connection) => Ok(connection),
                (0, _) => Err(StoreError::NotOurs { file: file.to_owned() }),
                (found, _) => Err(newer(file, found)),
            }
        })?;
        Ok(Self { connection, file: DatabaseFile::opened(file), _copy: copy })
    }

    /// Keeps some content, unless it is kept already. It is on the disk when this returns.
    pub(crate) fn put(&mut self, content: &[u8]) -> Result<ValueAddress, StoreError> {
        let address = ValueAddress::of(content);
        self.file.check_there()?;
        let kept = match self.touch(address) {
            Ok(true) => Ok(()),
            Ok(false) if content.len() <= CHUNK => self.put_at_once(address, content),
            Ok(false) => self.put_in_turns(address, content),
            Err(error) => Err(error),
        };
        kept.map_err(|error| self.explain(error))?;
        self.file.check_there()?;
        Ok(address)
    }

    /// As [`Self::put`], but waits for another process no longer than this.
    pub(crate) fn put_within(
        &mut self,
        content: &[u8],
        limit: Duration,
    ) -> Result<ValueAddress, StoreError> {
        self.connection.busy_timeout(limit).map_err(|error| self.explain(error))?;
        let outcome = self.put(content);
        let usual = self.connection.busy_timeout(Patience::new().limit());
        usual.map_err(|error| self.explain(error))?;
        outcome
    }

    /// Whether a value is kept.
    pub(crate) fn contains(&self, address: ValueAddress) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM value WHERE address = ?")
            .and_then(|mut statement| statement.exists([address.0]))
            .map_err(|error| self.explain(error))
    }

    /// An error where a value is not kept.
    pub(crate) fn require(&self, address: ValueAddress) -> Result<(), StoreError> {
        match self.contains(address)? {
            true => Ok(()),
            false => Err(StoreError::MissingValue { address, file: self.file.path.clone() }),
        }
    }

    /// Hands on the content of a value and answers its length. What was handed on is only to be
    /// used when this succeeds: that it is what was put is known at its end.
    pub(crate) fn copy(
        &mut self,
        address: ValueAddress,
        to: &mut dyn Write,
    ) -> Result<u64, StoreError> {
        let Self { connection, file: DatabaseFile { path: file, .. }, .. } = self;
        let failed = |error| StoreError::from_sqlite(file, rusqlite::Error::into(error));
        let damaged = || StoreError::DamagedValue { address, file: file.clone() };

        // All chunks are read as of one moment; another process may delete the value meanwhile.
        let moment = connection.transaction().map_err(failed)?;
        let found = find(&moment, address).map_err(failed)?;
        let Some((value, size)) = found else {
            return Err(StoreError::MissingValue { address, file: file.clone() });
        };
        let mut output = Output { to, digest: blake3::Hasher::new(), length: 0, error: None };
        for (key, compressed) in chunks(&moment, value).map_err(failed)? {
            let blob = moment.blob_open("main", "chunk", "data", key, true).map_err(failed)?;
            let copied = match compressed {
                true => zstd::stream::copy_decode(io::BufReader::new(blob), &mut output),
                false => copy_plain(blob, &mut output),
            };
            if let Some(source) = output.error.take() {
                return Err(StoreError::Output { address, source });
            }
            copied.map_err(|_| damaged())?;
        }
        let length = output.length;
        if output.digest.finalize() != address.0 || u64::try_from(size) != Ok(length) {
            return Err(damaged());
        }
        Ok(length)
    }

    /// The content of a value.
    pub(crate) fn get(&mut self, address: ValueAddress) -> Result<Vec<u8>, StoreError> {
        let found = find(&self.connection, address).map_err(|error| self.explain(error))?;
        let mut content = Vec::new();
        if let Some((_, size)) = found {
            // A wrong length, as a damaged file may have, costs nothing but the growing.
            let _ = content.try_reserve_exact(usize::try_from(size).unwrap_or(0));
        }
        self.copy(address, &mut content)?;
        Ok(content)
    }

    /// Every value that was last put before a moment.
    pub(crate) fn put_before(&self, moment: Moment) -> Result<Vec<ValueAddress>, StoreError> {
        let read = || -> rusqlite::Result<Vec<ValueAddress>> {
            self.connection
                .prepare("SELECT address FROM value WHERE address IS NOT NULL AND put <= ?")?
                .query_map([moment.0], |row| row.get(0).map(ValueAddress))?
                .collect()
        };
        read().map_err(|error| self.explain(error))
    }

    /// Deletes a value, unless it was put again after a moment; whether it is gone.
    pub(crate) fn remove(
        &mut self,
        address: ValueAddress,
        put_before: Moment,
    ) -> Result<bool, StoreError> {
        self.connection
            .execute(
                "DELETE FROM value WHERE address = ? AND put <= ?",
                params![address.0, put_before.0],
            )
            .map_err(|error| self.explain(error))?;
        Ok(!self.contains(address)?)
    }

    /// Deletes what processes that died have left half written.
    pub(crate) fn remove_abandoned(&mut self) -> Result<(), StoreError> {
        self.connection
            .execute(
                "DELETE FROM value WHERE address IS NULL AND put <= ?",
                [Moment::before_now(ABANDONED).0],
            )
            .map(drop)
            .map_err(|error| self.explain(error))
    }

    /// Gives the room of what was deleted back to the file system.
    pub(crate) fn shrink(&mut self) -> Result<(), StoreError> {
        self.connection
            .pragma(None, "incremental_vacuum", 0, |_| Ok(()))
            .map_err(|error| self.explain(error))
    }

    /// Notes that a value is put again; whether it is there.
    fn touch(&mut self, address: ValueAddress) -> rusqlite::Result<bool> {
        let now = Moment::now().0;
        let touched = self
            .connection
            .prepare_cached("UPDATE value SET put = ? WHERE address = ?")?
            .execute(params![now, address.0])?;
        Ok(touched > 0)
    }

    fn put_at_once(&mut self, address: ValueAddress, content: &[u8]) -> rusqlite::Result<()> {
        let chunk = Chunk::of(content);
        let change = begin(&mut self.connection)?;
        let key = begin_value(&change, Some(address), content.len())?;
        // Without a key, another process was faster.
        if let Some(key) = key {
            insert_chunk(&change, key, 0, &chunk)?;
        }
        change.commit()
    }

    /// Keeps a chunk at a time, and the address last.
    fn put_in_turns(&mut self, address: ValueAddress, content: &[u8]) -> rusqlite::Result<()> {
        let Some(key) = begin_value(&self.connection, None, content.len())? else {
            return Ok(());
        };
        for (seq, part) in content.chunks(CHUNK).enumerate() {
            let chunk = Chunk::of(part);
            let change = begin(&mut self.connection)?;
            insert_chunk(&change, key, seq, &chunk)?;
            change.commit()?;
        }
        let change = begin(&mut self.connection)?;
        if find(&change, address)?.is_some() {
            // Another process was faster.
            change.execute("DELETE FROM value WHERE key = ?", [key])?;
        } else {
            change.execute(
                "UPDATE value SET address = ?, put = ? WHERE key = ?",
                params![address.0, Moment::now().0, key],
            )?;
        }
        change.commit()
    }

    fn explain(&self, error: rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.file.path, error.into())
    }
}

/// A moment by this machine's clock, in microseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    pub(crate) fn now() -> Self {
        Self::before_now(Duration::ZERO)
    }

    pub(crate) fn before_now(age: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(now.saturating_sub(age).as_micros()).unwrap_or(i64::MAX))
    }
}

fn newer(file: &Path, form: i64) -> StoreError {
    StoreError::Newer { file: file.to_owned(), what: format!("its values have form {form}") }
}

fn connect(file: &Path, patience: &Patience) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(patience.limit())?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")?;
    // A large value passes through the log, which need not stay as large.
    connection.pragma_update(None, "journal_size_limit", CHUNK as i64)?;
    Ok(connection)
}

/// Makes the tables in a database without any.
fn make(connection: &mut Connection) -> rusqlite::Result<()> {
    // Both belong to the file, and the first has to be chosen before the second.
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL;")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let change = begin(connection)?;
    // Another process may have been faster.
    if is_empty(&change)? {
        change.execute_batch(TABLES)?;
    }
    change.commit()
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_master")?.exists([]).map(|exists| !exists)
}

fn form(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// The key and the length of a value.
fn find(connection: &Connection, address: ValueAddress) -> rusqlite::Result<Option<(i64, i64)>> {
    connection
        .prepare_cached("SELECT key, size FROM value WHERE address = ?")?
        .query_row([address.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// The keys of a value's chunks in order, and whether they are compressed.
fn chunks(connection: &Connection, value: i64) -> rusqlite::Result<Vec<(i64, bool)>> {
    connection
        .prepare_cached("SELECT key, compressed FROM chunk WHERE value = ? ORDER BY seq")?
        .query_map([value], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The key of a new value; `None` where its address is taken.
fn begin_value(
    connection: &Connection,
    address: Option<ValueAddress>,
    size: usize,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "INSERT INTO value (address, size, put) VALUES (?, ?, ?)
             ON CONFLICT (address) DO NOTHING RETURNING key",
        )?
        .query_row(params![address.map(|address| address.0), size as i64, Moment::now().0], |row| {
            row.get(0)
        })
        .optional()
}

fn insert_chunk(
    connection: &Connection,
    value: i64,
    seq: usize,
    chunk: &Chunk<'_>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO chunk (value, seq, compressed, data) VALUES (?, ?, ?, ?)")?
        .execute(params![value, seq as i64, chunk.compressed, chunk.data])
        .map(drop)
}

struct Chunk<'a> {
    compressed: bool,
    data: Cow<'a, [u8]>,
}

impl<'a> Chunk<'a> {
    fn of(content: &'a [u8]) -> Self {
        match zstd::bulk::compress(content, LEVEL) {
            Ok(data) if data.len() < content.len() => {
                Self { compressed: true, data: Cow::Owned(data) }
            }
            // Not worth it, or not possible: then it is kept as it is.
            _ => Self { compressed: false, data: Cow::Borrowed(content) },
        }
    }
}

fn copy_plain(mut from: impl Read, to: &mut Output<'_>) -> io::Result<()> {
    io::copy(&mut from, to).map(drop)
}

/// Where content goes, with a digest and a count of what went there.
struct Output<'a> {
    to: &'a mut dyn Write,
    digest: blake3::Hasher,
    length: u64,
    /// What `to` failed with, to tell it from what the reading failed with.
    error: Option<io::Error>,
}

impl Write for Output<'_> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        match self.to.write_all(content) {
            Ok(()) => {
                self.digest.update(content);
                self.length += content.len() as u64;
                Ok(content.len())
            }
            Err(error) => {
                self.error = Some(error);
                Err(io::ErrorKind::Other.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
