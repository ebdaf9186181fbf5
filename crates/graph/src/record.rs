//! Records: what is kept about sessions, runs, values and artifacts beside the graph.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::{ExecutionId, NodeId, SessionId};

/// A moment, in microseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// What a session is a run of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SessionKind {
    /// A script, run from its first line to its last.
    Script,
    /// A notebook or an interactive shell, run cell by cell.
    Notebook,
}

impl SessionKind {
    /// The kind's word, as stores write it.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// One program from its first statement to its last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which session.
    pub id: SessionId,
    /// What it is a run of.
    pub kind: SessionKind,
    /// `sys.version_info` as `major.minor.micro`.
    pub python_version: String,
    /// When it began.
    pub created: Timestamp,
    /// The folder it began in; a graph is re-run from there.
    pub working_directory: String,
    /// `sys.argv`, so that a replay can be given the same arguments.
    pub arguments: Vec<String>,
}

/// One time that nodes of a session were run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// Which execution.
    pub id: ExecutionId,
    /// Whose nodes were run.
    pub session: SessionId,
    /// When it began.
    pub created: Timestamp,
}

/// What is known of the value that a node had in one execution. The value itself may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeValue {
    /// In which execution.
    pub execution: ExecutionId,
    /// Whose value.
    pub node: NodeId,
    /// When the node began to run.
    pub start: Timestamp,
    /// When it had run.
    pub end: Timestamp,
    /// The value's type, as `module.qualname`.
    pub type_name: Option<String>,
    /// A digest of the value's content, in hexadecimal; equal content has equal digests.
    pub fingerprint: Option<String>,
}

/// A value that the user kept under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The name it was saved under.
    pub name: String,
    /// Counts from 0 within a name and only grows: a number that was given is never given again.
    pub version: u32,
    /// The session it was saved in.
    pub session: SessionId,
    /// The execution it was saved in.
    pub execution: ExecutionId,
    /// The node whose value it is; `None` where no lineage was captured.
    pub node: Option<NodeId>,
    /// When it was saved.
    pub created: Timestamp,
    /// The value's type, as `module.qualname`.
    pub type_name: String,
    /// A digest of the value's content, in hexadecimal; `None` where content cannot be compared.
    pub fingerprint: Option<String>,
    /// The address of the value's bytes among the stored values.
    pub value: Option<String>,
    /// The name that the program gave it, which its code says; another than `name` once it was renamed.
    pub saved_as: String,
}
