//! Fixture: a store in a folder of its own, and things to keep in it.

use std::path::{Path, PathBuf};

use clew_graph::{Execution, ExecutionId, Session, SessionId, SessionKind, Timestamp};
use clew_store::{NewArtifact, Record, Store, ValueAddress};
use tempfile::TempDir;
use uuid::Uuid;

/// A folder that goes when this does.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn place(&self) -> &str {
        self.path().to_str().unwrap()
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(self.place()).unwrap()
    }
}

pub(crate) fn session(created: i64) -> Session {
    Session {
        id: SessionId(Uuid::now_v7()),
        kind: SessionKind::Script,
        python_version: "3.12.1".to_owned(),
        created: Timestamp(created),
        working_directory: "/home/ada".to_owned(),
        arguments: vec!["iris.py".to_owned(), "--fast".to_owned()],
    }
}

pub(crate) fn execution(session: &Session) -> Execution {
    Execution { id: ExecutionId(Uuid::now_v7()), session: session.id, created: session.created }
}

/// Keeps a session with an execution and nothing else.
pub(crate) fn keep_session(store: &Store) -> Execution {
    let session = session(0);
    let execution = execution(&session);
    let writer = store.writer(session);
    writer.send(Record::Execution(execution.clone()));
    writer.finish("0").unwrap();
    execution
}

pub(crate) fn artifact(
    name: &str,
    execution: &Execution,
    value: Option<ValueAddress>,
) -> NewArtifact {
    NewArtifact {
        name: name.to_owned(),
        session: execution.session,
        execution: execution.id,
        node: None,
        created: Timestamp(1),
        type_name: "builtins.int".to_owned(),
        fingerprint: Some("00ff".to_owned()),
        value,
    }
}
