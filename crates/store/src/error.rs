//! Error: why a store cannot do what was asked, and the way out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clew_graph::{ExecutionId, SessionId};

use crate::ValueAddress;

/// Why a store cannot do what was asked. Each message names the place and, after a semicolon,
/// the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The place is an empty text.
    #[error("the store's place is empty; name a folder, such as `.clew`")]
    EmptyPlace,
    /// The place names a Postgres server.
    #[error(
        "`{place}` names a Postgres server, which is not yet supported; name a folder, such as `.clew`"
    )]
    Postgres {
        /// The place, without a password.
        place: String,
    },
    /// The place is a URL of another kind.
    #[error("`{place}` is no place for a store; name a folder, such as `.clew`")]
    UnknownScheme {
        /// The place, without a password.
        place: String,
    },
    /// Something that is not a folder stands in the way.
    #[error("`{path}` is not a folder; name another place, or move the file away", path = path.display())]
    NotAFolder {
        /// What stands in the way.
        path: PathBuf,
    },
    /// The folder or a file in it cannot be made, opened or changed.
    #[error("cannot write to the store `{folder}`; allow writing there, or name another place", folder = folder.display())]
    NotWritable {
        /// The store's folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The folder or the catalog in it is no more where it was when the store was opened.
    #[error("the store `{folder}` was moved, removed or replaced while it was in use; what came after is not kept", folder = folder.display())]
    Gone {
        /// Where the folder was.
        folder: PathBuf,
    },
    /// A link, a pipe or a device is where a file of the store should be.
    #[error("`{path}` is no plain file, and a store follows no links; move it away", path = path.display())]
    NotPlain {
        /// What is in the way.
        path: PathBuf,
    },
    /// The file may not be written to, and no copy of it can be made either.
    #[error("cannot read `{file}`; allow reading it, or make room for a copy of it", file = file.display())]
    NotReadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The file is not a SQLite database.
    #[error("`{file}` is not a database; move it away and a new one is made", file = file.display())]
    NotADatabase {
        /// The file.
        file: PathBuf,
    },
    /// The file is the database of another program.
    #[error("`{file}` is a database, but none of clew's; name another place", file = file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
    },
    /// The file is a database, and broken.
    #[error("`{file}` is damaged; move its folder away, or bring back a copy", file = file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite said.
        #[source]
        source: Cause,
    },
    /// A newer clew wrote what this one cannot read.
    #[error("`{file}` was made by a newer clew ({what}); update clew, or name another place", file = file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// What is not known here.
        what: String,
    },
    /// A row says what no row may say.
    #[error("`{file}` holds {what}, which cannot be read; it may be damaged or from a newer clew", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The row's content.
        what: String,
    },
    /// Another process held the store for longer than we wait.
    #[error("`{file}` is in use by another process; try again when that one is done", file = file.display())]
    Locked {
        /// The file.
        file: PathBuf,
    },
    /// The disk is full.
    #[error("no space is left for `{file}`; free some, or name another place", file = file.display())]
    Full {
        /// The file.
        file: PathBuf,
    },
    /// This process was forked from the one that opened the store. SQLite does not survive a fork.
    #[error("the store `{folder}` was opened before this process was forked; open it anew in a spawned process, or use it in the parent", folder = folder.display())]
    Forked {
        /// The store's folder.
        folder: PathBuf,
    },
    /// Another artifact has the name.
    #[error("there is an artifact `{name}` already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Artifacts of the session are kept.
    #[error("session {session} has saved artifacts that are kept: {artifacts}")]
    SessionKept {
        /// The session.
        session: SessionId,
        /// How many.
        artifacts: usize,
    },
    /// No session has this id, or an id that begins like this.
    #[error("no session `{given}` in `{file}`; leave it out for the latest", file = file.display())]
    UnknownSession {
        /// What was asked for.
        given: String,
        /// The catalog.
        file: PathBuf,
    },
    /// Several sessions' ids begin like this.
    #[error("several sessions begin with `{given}`; give more of the id, as in {}", matches.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "))]
    AmbiguousSession {
        /// What was asked for.
        given: String,
        /// Some of the sessions, latest first.
        matches: Vec<SessionId>,
    },
    /// The execution was never recorded.
    #[error("execution `{execution}` is not in `{file}`; record it before what belongs to it", file = file.display())]
    UnknownExecution {
        /// Which execution.
        execution: ExecutionId,
        /// The catalog.
        file: PathBuf,
    },
    /// Nodes were sent whose numbers the session has given before.
    #[error("nodes that session `{session}` has already were sent again to `{file}`; begin a new session", file = file.display())]
    NodesTaken {
        /// Whose nodes.
        session: SessionId,
        /// The catalog.
        file: PathBuf,
    },
    /// No value has this address.
    #[error("no value `{address}` in `{file}`; it was deleted or never put; put it again", file = file.display())]
    MissingValue {
        /// The address.
        address: ValueAddress,
        /// The values' file.
        file: PathBuf,
    },
    /// A value's bytes are not those that were put.
    #[error("the value `{address}` in `{file}` is damaged; save it again", file = file.display())]
    DamagedValue {
        /// The address.
        address: ValueAddress,
        /// The values' file.
        file: PathBuf,
    },
    /// The writer met an error earlier; what was sent since is not recorded.
    #[error("recording into the store stopped earlier; what came after is not in it")]
    Stopped {
        /// The error that it met.
        #[source]
        source: Option<Arc<StoreError>>,
    },
    /// The thread that writes met a mistake of ours.
    #[error("recording stopped for a mistake in clew; please report it")]
    Panicked,
    /// The system gives us no thread to write from.
    #[error("cannot start the thread that writes to the store; let this user have more threads")]
    NoThread(#[source] io::Error),
    /// The value could not be handed on to where it was to go.
    #[error("cannot hand on the value `{address}`; look at where it was to go")]
    Output {
        /// The value's address.
        address: ValueAddress,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Anything else that SQLite reports.
    #[error("cannot use `{file}`; see the cause", file = file.display())]
    Database {
        /// The file.
        file: PathBuf,
        /// What SQLite said.
        #[source]
        source: Cause,
    },
}

/// What a library below said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

impl StoreError {
    /// Says what an error of SQLite means for the user of a file. Diesel and rusqlite hand on
    /// SQLite's own messages, and diesel nothing else.
    pub(crate) fn from_sqlite(file: &Path, source: Cause) -> Self {
        let message = source.to_string().to_ascii_lowercase();
        let says = |part: &str| message.contains(part);
        let file = file.to_owned();
        if says("is locked") {
            Self::Locked { file }
        } else if says("not a database") || file.is_dir() {
            Self::NotADatabase { file }
        } else if says("malformed") || says("no such table") || says("no such column") {
            Self::Damaged { file, source }
        } else if says("is full") {
            Self::Full { file }
        } else if says("unable to open") || says("readonly database") || says("permission denied") {
            Self::NotWritable { folder: folder_of(&file), source }
        } else {
            Self::Database { file, source }
        }
    }
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(file).to_owned()
}
