//! Keeps sessions, runs, artifacts and values, and what was found out about callables for the sessions to
//! come.
//!
//! A [`Store`] is a folder with two SQLite files: the catalog, which says what there is, and the
//! values, which hold the bytes of artifacts. A program that runs hands what it does to a
//! [`Writer`], which keeps it from a thread of its own; everything else asks the [`Store`].
//! Several processes may use one store at once. This crate never runs Python and never looks into
//! a value's bytes, and no other crate knows SQL.
//!
//! What holds at any moment, also after `kill -9`:
//!
//! - The store opens. It holds a prefix of what each writer was sent, and all that was sent before
//!   the last [`Writer::flush`], [`Writer::save_artifact`] or [`Writer::finish`] that returned.
//! - Every artifact's bytes are there: they are written before the row that names them.
//! - A version number that was given is never given again, also when its artifact is deleted.
//!
//! SQLite does not survive a fork, so nothing of it is open at one: who forks says so to [`fork`]. A
//! [`Writer`] does nothing in a forked child; a [`Store`] goes on, unless nobody said so: then it answers
//! [`StoreError::Forked`].
//!
//! Start with [`Store::open`], then [`Store::writer`] and [`Record`] to write, and
//! [`Store::sessions`] and [`Store::graph`] to read.
//!
//! ```
//! use clew_graph::{Graph, Session, SessionId, SessionKind, Timestamp};
//! use clew_store::{Record, Store};
//! use uuid::Uuid;
//!
//! # let folder = tempfile::tempdir()?;
//! # let place = folder.path().join(".clew");
//! # let place = place.to_str().ok_or("a path in UTF-8")?;
//! let store = Store::open(place)?;
//!
//! // A program runs and is recorded …
//! let graph: Graph = "
//!     n0 = literal 1
//!     n1 = call add(n0, n0)
//! "
//! .parse()?;
//! let session = Session {
//!     id: SessionId(Uuid::now_v7()),
//!     kind: SessionKind::Script,
//!     python_version: "3.12.1".to_owned(),
//!     created: Timestamp(0),
//!     working_directory: "/home/ada".to_owned(),
//!     arguments: vec!["sum.py".to_owned()],
//! };
//! let writer = store.writer(session.clone());
//! writer.send(Record::Nodes(graph.nodes().to_vec()));
//! writer.finish("0")?;
//!
//! // … and any process can read it, then and later.
//! assert_eq!(store.graph(session.id)?, graph);
//! assert_eq!(store.latest_session()?.map(|latest| latest.session), Some(session));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod store;
pub mod writer;
mod folder;
mod catalog;
mod values;
pub mod record;
pub mod address;
pub mod error;
mod reading;
mod identity;
mod patience;
pub mod fork;
mod process;
mod signals;

pub use address::ValueAddress;
pub use error::StoreError;
pub use record::{
    Certificate, FileRole, Finding, NewArtifact, Record, SessionFile, StoredSession, Variable,
    Version,
};
pub use store::Store;
pub use writer::{PendingSave, Writer};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
