//! Record: what a store keeps about a session beside what `clew-graph` defines.

use clew_graph::{
    Execution, ExecutionId, Node, NodeId, NodeValue, Session, SessionId, Source, Timestamp,
};
use strum::{EnumString, IntoStaticStr};

use crate::ValueAddress;

/// Something that a [`Writer`](crate::Writer) is to keep of its session.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A text of the session.
    Source(Source),
    /// A step. Its number has to be new to the session.
    Node(Node),
    /// Some steps.
    Nodes(Vec<Node>),
    /// A time that nodes are run; comes before their values.
    Execution(Execution),
    /// What is known of a node's value. A later record of the same node and execution replaces it.
    NodeValue(NodeValue),
    /// Variables as they are now; those that are not among them stay as they were.
    Variables(Vec<Variable>),
    /// The step that a saved artifact's value is, found out after it was saved.
    ArtifactNode {
        /// The artifact's name.
        name: String,
        /// Its version.
        version: u32,
        /// The step.
        node: NodeId,
    },
    /// What was lost or is unknown of the session, as a sentence for people.
    Note(String),
    /// Something that was found out and holds for other sessions as well.
    Finding(Finding),
    /// Files that the session had to do with.
    Files(Vec<SessionFile>),
}

/// A file that a session had to do with, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFile {
    /// Its absolute path.
    pub path: String,
    /// What the session did with it.
    pub role: FileRole,
    /// How many bytes were in it.
    pub size: Option<u64>,
    /// When it had been written last.
    pub modified: Option<Timestamp>,
    /// A digest of what was in it, in hexadecimal.
    pub digest: Option<String>,
    /// What was in it, where that is small.
    pub content: Option<Vec<u8>>,
}

/// What a session did with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FileRole {
    /// It was read as data.
    Read,
    /// It was imported as a module of the program's own.
    Imported,
    /// It was made; it was not there before.
    Written,
    /// It was there, and was written, moved or removed; what is known is of before.
    Changed,
}

impl FileRole {
    /// The role in a word.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// Something that was found out about a callable, for the sessions to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about, in whatever words find it again.
    pub about: String,
    /// What was found out. The store does not look into it.
    pub content: Vec<u8>,
}

/// A module-level variable as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The step whose value it has; `None` once it is unbound.
    pub node: Option<NodeId>,
    /// Why there is no slice of it, where there is none.
    pub refused: Option<String>,
    /// Its value's type, as `module.qualname`.
    pub type_name: Option<String>,
    /// A digest of its value's content, in hexadecimal.
    pub fingerprint: Option<String>,
}

/// A session as a store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The session.
    pub session: Session,
    /// When it ended; `None` while it runs, and where it was killed.
    pub finished: Option<Timestamp>,
    /// How it ended, as it was given to [`Writer::finish`](crate::Writer::finish).
    pub exit_status: Option<String>,
}

/// An artifact that is to be saved, which will give it its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewArtifact {
    /// The name to save it under.
    pub name: String,
    /// The session it is saved in.
    pub session: SessionId,
    /// The execution it is saved in.
    pub execution: ExecutionId,
    /// The step whose value it is; `None` where no lineage was captured.
    pub node: Option<NodeId>,
    /// When it is saved.
    pub created: Timestamp,
    /// The value's type, as `module.qualname`.
    pub type_name: String,
    /// A digest of the value's content, in hexadecimal; `None` where content cannot be compared.
    pub fingerprint: Option<String>,
    /// Where its bytes were put; `None` where only its lineage is kept.
    pub value: Option<ValueAddress>,
}

/// Which versions of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// This one.
    Number(u32),
    /// The one with the highest number.
    Latest,
    /// Every one.
    All,
}

/// The outcome of running a slice by itself and comparing its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The session that was sliced.
    pub session: SessionId,
    /// The variable's or artifact's name.
    pub name: String,
    /// The artifact's version; `None` for a variable.
    pub version: Option<u32>,
    /// When it was run.
    pub checked: Timestamp,
    /// What came of it, in a word.
    pub verdict: String,
    /// Why it is not equal, or cannot be compared.
    pub reason: Option<String>,
    /// A digest of the slice's text, in hexadecimal.
    pub slice_digest: String,
}
