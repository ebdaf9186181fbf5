//! Store: a folder that keeps sessions, artifacts and values.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use clew_graph::{Artifact, Execution, ExecutionId, Graph, NodeValue, Session, SessionId, Source};

use crate::catalog::tables::{
    artifact, certificate, execution, file, finding, node, node_value, note, session, source, tag,
    value_reference, variable,
};
use crate::catalog::{Catalog, Connection, Failure};
use crate::folder::Folder;
use crate::fork::{Held, InUse};
use crate::values::{Moment, Values};
use crate::{
    Certificate, Finding, NewArtifact, SessionFile, StoreError, StoredSession, ValueAddress,
    Variable, Version, Writer,
};

/// Between a value's being put and its being named by an artifact it looks as if nobody wanted
/// it. So a value is not deleted before it is this old; naming one that is gone is an error.
const IN_FLIGHT: Duration = Duration::from_secs(60);

/// A folder that keeps sessions, artifacts and values.
///
/// It may be shared by threads, and the folder by processes. Reading never waits for a process
/// that writes, and sees each of its batches wholly or not at all. What a method of this type
/// wrote is on the disk when the method returns.
pub struct Store {
    folder: Folder,
    in_flight: Duration,
    catalog: Held<Catalog>,
    /// Who holds the catalog too has taken that first.
    values: Held<Values>,
}

impl Store {
    /// Opens the store in a folder, and makes both where needed.
    ///
    /// # Errors
    /// When the place is no folder, cannot be written to, or holds something that is no store or
    /// that a newer clew made.
    pub fn open(place: &str) -> Result<Self, StoreError> {
        let folder = Folder::open(place)?;
        Self::of(folder)
    }

    /// Opens the store in a folder to read it. Where it cannot be written to, changing it is an error, and
    /// all that was written before is read all the same.
    ///
    /// # Errors
    /// As [`Self::open`], and when the store cannot be read.
    pub fn open_to_read(place: &str) -> Result<Self, StoreError> {
        match Self::open(place) {
            Err(refused @ StoreError::NotWritable { .. }) => {
                let Ok(folder) = Folder::open(place) else { return Err(refused) };
                let folder = folder.for_reading();
                Self::of(folder)
            }
            opened => opened,
        }
    }

    /// Whether the store can be read and not written.
    pub fn is_read_only(&self) -> bool {
        self.folder.read_only
    }

    /// Lets the files go until something is wanted of them again. When all who use them have done so, the
    /// two databases are whole without their logs.
    pub fn close(&self) {
        self.catalog.close();
        self.values.close();
    }

    fn of(folder: Folder) -> Result<Self, StoreError> {
        let catalog = Held::new(&folder, Folder::open_catalog);
        let values = Held::new(&folder, Folder::open_values);
        drop(catalog.get_by(Folder::make_catalog)?);
        Ok(Self { folder, in_flight: IN_FLIGHT, catalog, values })
    }

    /// The store's folder, as an absolute path.
    pub fn folder(&self) -> &Path {
        &self.folder.path
    }

    /// Starts to keep a session while it runs. Given a session that the store has already, it goes
    /// on with that one: a re-run adds its execution there.
    ///
    /// This returns at once; what goes wrong is reported by the writer.
    pub fn writer(&self, session: Session) -> Writer {
        Writer::start(self.folder.clone(), session)
    }

    /// Every session, latest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sessions(&self) -> Result<Vec<StoredSession>, StoreError> {
        self.read(session::all)
    }

    /// The session with this id, or the only one with an id that begins like this.
    ///
    /// # Errors
    /// When there is none or several, or when the catalog cannot be read.
    pub fn session(&self, id: &str) -> Result<StoredSession, StoreError> {
        self.read(|connection| session::find(connection, id))
    }

    /// The session that began last.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn latest_session(&self) -> Result<Option<StoredSession>, StoreError> {
        self.read(session::latest)
    }

    /// The session that began last, of those that recorded a program: plain Python saves artifacts in
    /// sessions without a text.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn latest_recorded_session(&self) -> Result<Option<StoredSession>, StoreError> {
        self.read(session::latest_with_text)
    }

    /// What a session did, as far as it is written.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn graph(&self, session: SessionId) -> Result<Graph, StoreError> {
        self.read(|connection| {
            let key = session::readable_key(connection, session)?;
            node::graph(connection, key)
        })
    }

    /// A session's texts, in order.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn sources(&self, session: SessionId) -> Result<Vec<Source>, StoreError> {
        self.read_of(session, source::all)
    }

    /// A session's module-level variables as they were last seen, in the order in which they were
    /// first seen. Those that are unbound by now are among them.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn variables(&self, session: SessionId) -> Result<Vec<Variable>, StoreError> {
        self.read_of(session, variable::all)
    }

    /// The times that a session's nodes were run, in order.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn executions(&self, session: SessionId) -> Result<Vec<Execution>, StoreError> {
        self.read_of(session, |connection, key| execution::all(connection, key, session))
    }

    /// What is known of the values of an execution, in the order of the nodes.
    ///
    /// # Errors
    /// When there is no such execution, or when the catalog cannot be read.
    pub fn node_values(&self, execution: ExecutionId) -> Result<Vec<NodeValue>, StoreError> {
        self.read(|connection| node_value::all(connection, execution))
    }

    /// What was lost or is unknown of a session, in the order in which it was noted.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn notes(&self, session: SessionId) -> Result<Vec<String>, StoreError> {
        self.read_of(session, note::all)
    }

    /// The files that a session had to do with, by path.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn files(&self, session: SessionId) -> Result<Vec<SessionFile>, StoreError> {
        self.read(|connection| file::all(connection, session))
    }

    /// What sessions found out about something, in the order in which they did; see
    /// [`Record::Finding`](crate::Record::Finding).
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn findings(&self, about: &str) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(|connection| finding::all(connection, about))
    }

    /// What sessions found out about all whose name begins in one way, with the names; see
    /// [`Self::findings`].
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn findings_beginning(&self, about: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.read(|connection| finding::beginning(connection, about))
    }

    /// Keeps something that was found out, beside what a [`Writer`] keeps.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn save_finding(&self, new: &Finding) -> Result<(), StoreError> {
        self.catalog()?.write(|connection| finding::insert(connection, new))
    }

    /// Keeps the outcome of running a slice.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be written.
    pub fn save_certificate(&self, certificate: &Certificate) -> Result<(), StoreError> {
        self.catalog()?.write(|connection| certificate::insert(connection, certificate))
    }

    /// The outcomes of running slices of a session, in the order in which they were kept.
    ///
    /// # Errors
    /// When there is no such session, or when the catalog cannot be read.
    pub fn certificates(&self, session: SessionId) -> Result<Vec<Certificate>, StoreError> {
        self.read(|connection| certificate::all(connection, session))
    }

    /// Keeps an artifact under the next version of its name. Its session and execution have to be
    /// written; where a [`Writer`] is at hand, [`Writer::save_artifact`] sees to that.
    ///
    /// # Errors
    /// When the session, the execution or the value is not in the store, or when the catalog
    /// cannot be written.
    pub fn save_artifact(&self, artifact: NewArtifact) -> Result<Artifact, StoreError> {
        let mut catalog = self.catalog()?;
        let mut values = artifact.value.map(|_| self.values()).transpose()?;
        catalog.write(|connection| {
            // The catalog's lock keeps `delete_artifact` out until the row is there.
            if let (Some(values), Some(address)) = (&mut values, artifact.value) {
                values.require(address)?;
            }
            artifact::insert(connection, &artifact)
        })
    }

    /// The artifact of this name and version, or the one with the highest version.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn artifact(
        &self,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<Artifact>, StoreError> {
        self.read(|connection| artifact::find(connection, name, version))
    }

    /// Every artifact, by name and version.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn artifacts(&self) -> Result<Vec<Artifact>, StoreError> {
        self.read(artifact::all)
    }

    /// Every name that an artifact has, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn artifact_names(&self) -> Result<Vec<String>, StoreError> {
        self.read(artifact::names)
    }

    /// Deletes artifacts and answers the versions that were deleted; none where there was none.
    /// Their numbers are not given again. The bytes of a value go with the last artifact that names
    /// it, or, where it was put just now, with a later deletion or [`Self::sweep`].
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn delete_artifact(&self, name: &str, which: Version) -> Result<Vec<u32>, StoreError> {
        let deleted =
            self.catalog()?.write(|connection| artifact::delete(connection, name, which))?;
        // The rows are gone first, so that a crash leaves bytes that nobody names, and no name
        // without bytes. What is left over now, the next deletion finds.
        if let Err(error) = self.delete_unnamed() {
            tracing::warn!(
                store.folder = %self.folder.path.display(),
                error = &error as &dyn std::error::Error,
                "artifacts were deleted, but their bytes are still there"
            );
        }
        Ok(deleted)
    }

    /// Gives every version of an artifact another name, and answers how many they are. What the program that
    /// saved them called them stays known ([`Artifact::saved_as`]), and numbers go on behind those of both names.
    ///
    /// # Errors
    /// When the other name is taken, or when the catalog cannot be written.
    pub fn rename_artifact(&self, from: &str, to: &str) -> Result<usize, StoreError> {
        let renamed = self.catalog()?.write(|connection| artifact::rename(connection, from, to))?;
        renamed.ok_or_else(|| StoreError::NameTaken { name: to.to_owned() })
    }

    /// Has a word stand for a version of an artifact; `false` where there is no such version.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn set_tag(&self, name: &str, tag: &str, version: u32) -> Result<bool, StoreError> {
        self.catalog()?.write(|connection| tag::set(connection, name, tag, version))
    }

    /// Takes a word for a version away; `false` where it stood for none.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn remove_tag(&self, name: &str, tag: &str) -> Result<bool, StoreError> {
        self.catalog()?.write(|connection| tag::remove(connection, name, tag))
    }

    /// The words for versions: an artifact's name, the word and the version, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn tags(&self) -> Result<Vec<(String, String, u32)>, StoreError> {
        self.read(tag::all)
    }

    /// Deletes a session and all that is kept of it. The bytes of values that only its artifacts had go with a
    /// later deletion.
    ///
    /// # Errors
    /// When artifacts of it are kept, when there is none, or when the catalog cannot be written.
    pub fn delete_session(&self, id: SessionId) -> Result<(), StoreError> {
        self.catalog()?.write(|connection| {
            let key = session::key(connection, id)?;
            let artifacts = artifact::count_of(connection, key)?;
            match artifacts {
                0 => session::delete(connection, id),
                _ => Err(StoreError::SessionKept { session: id, artifacts }.into()),
            }
        })
    }

    /// Keeps some bytes, unless equal ones are kept already, and answers where. An artifact that
    /// names them has to be saved within a minute.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn put_value(&self, content: &[u8]) -> Result<ValueAddress, StoreError> {
        self.values()?.put(content)
    }

    /// As [`Self::put_value`], but waits no longer than this for another process that has locked the store.
    ///
    /// # Errors
    /// As there; [`StoreError::Locked`] where it waited in vain.
    pub fn put_value_within(
        &self,
        content: &[u8],
        limit: Duration,
    ) -> Result<ValueAddress, StoreError> {
        self.values()?.put_within(content, limit)
    }

    /// Bytes that were put. They are compared with their address.
    ///
    /// # Errors
    /// When they are not there, or damaged.
    pub fn get_value(&self, address: ValueAddress) -> Result<Vec<u8>, StoreError> {
        self.values()?.get(address)
    }

    /// Hands bytes that were put on to somewhere else, a piece at a time, and answers how many they
    /// were. Only when this succeeds are they known to be what was put.
    ///
    /// # Errors
    /// When they are not there, or damaged, or not taken.
    pub fn copy_value(&self, address: ValueAddress, to: &mut dyn Write) -> Result<u64, StoreError> {
        self.values()?.copy(address, to)
    }

    /// Deletes every value that no artifact names, such as a crash leaves behind, and answers how
    /// many they were.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sweep(&self) -> Result<usize, StoreError> {
        let mut catalog = self.catalog()?;
        let mut values = self.values()?;
        let before = Moment::before_now(self.in_flight);
        let swept = catalog.write(|connection| {
            let mut swept = 0;
            for address in values.put_before(before)? {
                let text = address.to_string();
                if !value_reference::is_named(connection, &text)? {
                    swept += usize::from(values.remove(address, before)?);
                    value_reference::forget(connection, &text)?;
                }
            }
            Ok(swept)
        })?;
        values.remove_abandoned()?;
        values.shrink()?;
        Ok(swept)
    }

    /// Deletes the bytes of values that artifacts named once, and none does now.
    fn delete_unnamed(&self) -> Result<(), StoreError> {
        let mut catalog = self.catalog()?;
        if catalog.read(value_reference::unnamed)?.is_empty() {
            return Ok(());
        }
        let mut values = self.values()?;
        let before = Moment::before_now(self.in_flight);
        catalog.write(|connection| {
            for text in value_reference::unnamed(connection)? {
                let gone = match text.parse() {
                    Ok(address) => values.remove(address, before)?,
                    Err(_) => return Err(Failure::Unreadable(format!("value address `{text}`"))),
                };
                if gone {
                    value_reference::forget(connection, &text)?;
                }
            }
            Ok(())
        })?;
        values.shrink()
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.catalog()?.read(query)
    }

    fn read_of<T>(
        &self,
        session: SessionId,
        query: impl FnOnce(&mut Connection, i64) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.read(|connection| {
            let key = session::key(connection, session)?;
            query(connection, key)
        })
    }

    /// The catalog, for one caller at a time.
    fn catalog(&self) -> Result<InUse<'_, Catalog>, StoreError> {
        self.catalog.get()
    }

    /// The values, for one caller at a time.
    fn values(&self) -> Result<InUse<'_, Values>, StoreError> {
        self.values.get()
    }
}

#[cfg(test)]
mod tests;
