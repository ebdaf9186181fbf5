//! Failure: what goes wrong inside the catalog, before the file's name is put to it.

use std::path::Path;

use clew_graph::{ExecutionId, SessionId};

use crate::StoreError;
use crate::error::Cause;

/// What goes wrong inside the catalog.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Diesel or the database reports it.
    Query(diesel::result::Error),
    /// The file cannot be opened.
    Open(diesel::ConnectionError),
    /// The database is another program's.
    NotOurs,
    /// A newer clew wrote something.
    Newer(String),
    /// A row says what no row may say.
    Unreadable(String),
    /// No session is known by this.
    UnknownSession(String),
    /// No execution has this id.
    UnknownExecution(ExecutionId),
    /// The session has nodes of these numbers.
    NodesTaken(SessionId),
    /// It has its whole message already.
    Explained(StoreError),
    /// Something else.
    Other(Cause),
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

impl From<diesel::ConnectionError> for Failure {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Open(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Explained(error)
    }
}

/// Says what a failure means for the user of a file.
pub(crate) fn explain(file: &Path, failure: Failure) -> StoreError {
    let file = file.to_owned();
    match failure {
        Failure::Query(error) => StoreError::from_sqlite(&file, error.into()),
        Failure::Open(error) => StoreError::from_sqlite(&file, error.into()),
        Failure::NotOurs => StoreError::NotOurs { file },
        Failure::Newer(what) => StoreError::Newer { file, what },
        Failure::Unreadable(what) => StoreError::Unreadable { file, what },
        Failure::UnknownSession(given) => StoreError::UnknownSession { given, file },
        Failure::UnknownExecution(execution) => StoreError::UnknownExecution { execution, file },
        Failure::NodesTaken(session) => StoreError::NodesTaken { session, file },
        Failure::Explained(error) => error,
        Failure::Other(source) => StoreError::from_sqlite(&file, source),
    }
}
