//! Thread: takes what was sent and writes it.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use clew_graph::{Artifact, ExecutionId, NodeValue, Session, SessionId, Timestamp};

use super::Message;
use super::batch::Batch;
use super::queue::Queue;
use crate::catalog::tables::node_value::Keys;
use crate::catalog::tables::{
    artifact, execution, file, finding, node, node_value, note, session, source, type_name,
    variable,
};
use crate::catalog::{Catalog, Connection, Failure};
use crate::folder::Folder;
use crate::fork::Held;
use crate::values::Values;
use crate::{NewArtifact, StoreError, Variable};

/// More rows than this are written in several transactions, so that other processes get their turn.
const MOST: usize = 8192;

/// Writes what comes through the queue until that is closed or rests, or something goes wrong.
pub(super) fn run(queue: &Queue<Message>, folder: &Folder, session: &Session) {
    let outcome = catch_unwind(AssertUnwindSafe(|| write_all(queue, folder, session)));
    let fault = match outcome {
        Ok(outcome) => outcome.err(),
        Err(_panic) => Some(StoreError::Panicked),
    };
    if fault.is_some() || !queue.is_resting() {
        queue.end(fault);
    }
}

fn write_all(queue: &Queue<Message>, folder: &Folder, session: &Session) -> Result<(), StoreError> {
    let mut scribe = Scribe::begin(folder, session)?;
    while let Some(messages) = queue.take() {
        let mut batch = Batch::default();
        for message in messages {
            match message {
                Message::Record(record) => {
                    batch.add(record);
                    if batch.rows() >= MOST {
                        scribe.write(&mut batch, Reach::Process)?;
                    }
                }
                // Those who wait learn of an error by getting no answer.
                Message::Flush(answer) => {
                    scribe.write(&mut batch, Reach::Disk)?;
                    let _ = answer.send(Ok(()));
                }
                Message::Save(artifact, answer) => {
                    scribe.write(&mut batch, Reach::Process)?;
                    let _ = answer.send(scribe.save(&artifact));
                }
                Message::Finish(finished, exit_status, answer) => {
                    scribe.write(&mut batch, Reach::Process)?;
                    scribe.finish(finished, &exit_status)?;
                    let _ = answer.send(Ok(()));
                }
            }
        }
        scribe.write(&mut batch, Reach::Process)?;
    }
    Ok(())
}

/// What a change survives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The end of this process, however it comes.
    Process,
    /// A power cut as well.
    Disk,
}

/// Writes for one session.
struct Scribe {
    catalog: Held<Catalog>,
    values: Held<Values>,
    session: SessionId,
    key: i64,
    known: Known,
    /// How far everything that was written reaches.
    reach: Reach,
}

/// What was read from the catalog once. It is forgotten when a change fails: it may have been that
/// change's own.
#[derive(Default)]
struct Known {
    executions: HashMap<ExecutionId, (i64, Timestamp)>,
    types: HashMap<String, i64>,
    next_variable: Option<i64>,
    /// Hashes of the names of all variables that are there, where that is known. Two names may share one:
    /// the second is then looked for.
    variables: Option<HashSet<u64>>,
    /// Of each execution the last node whose value is there.
    last_values: HashMap<i64, i64>,
    next_note: Option<i64>,
}

impl Scribe {
    fn begin(folder: &Folder, session: &Session) -> Result<Self, StoreError> {
        let catalog = Held::new(folder, |folder| {
            let mut catalog = folder.open_catalog()?;
            catalog.set_durable(false)?;
            catalog.set_restless()?;
            Ok(catalog)
        });
        let key = catalog.get()?.write(|connection| session::key_or_insert(connection, session))?;
        Ok(Self {
            catalog,
            values: Held::new(folder, Folder::open_values),
            session: session.id,
            key,
            known: Known::default(),
            reach: Reach::Process,
        })
    }

    /// Writes a batch and leaves it empty.
    fn write(&mut self, batch: &mut Batch, reach: Reach) -> Result<(), StoreError> {
        let batch = std::mem::take(batch);
        if batch.rows() == 0 && (reach == Reach::Process || self.reach == Reach::Disk) {
            return Ok(());
        }
        let (session, key) = (self.session, self.key);
        self.change(reach, |connection, known| {
            known.write(connection, session, key, &batch)?;
            if batch.rows() == 0 {
                session::touch(connection, key)?;
            }
            Ok(())
        })
    }

    fn save(&mut self, new: &NewArtifact) -> Result<Artifact, StoreError> {
        let Self { catalog, values, known, reach, .. } = self;
        // Who holds both has taken the catalog first.
        let mut catalog = catalog.get()?;
        let values = new.value.map(|_| values.get()).transpose()?;
        change(&mut catalog, (known, reach), Reach::Disk, |connection, _| {
            if let (Some(values), Some(address)) = (&values, new.value) {
                values.require(address)?;
            }
            artifact::insert(connection, new)
        })
    }

    fn finish(&mut self, finished: Timestamp, exit_status: &str) -> Result<(), StoreError> {
        let key = self.key;
        self.change(Reach::Disk, |connection, _| {
            session::finish(connection, key, finished, exit_status)
        })
    }

    fn change<T>(
        &mut self,
        reach: Reach,
        body: impl FnMut(&mut Connection, &mut Known) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut catalog = self.catalog.get()?;
        change(&mut catalog, (&mut self.known, &mut self.reach), reach, body)
    }
}

/// Changes something so that it survives what it is to survive.
fn change<T>(
    catalog: &mut Catalog,
    (known, reached): (&mut Known, &mut Reach),
    reach: Reach,
    mut body: impl FnMut(&mut Connection, &mut Known) -> Result<T, Failure>,
) -> Result<T, StoreError> {
    if reach == Reach::Disk {
        catalog.set_durable(true)?;
    }
    let mut again = false;
    let outcome = catalog.write(|connection| {
        if std::mem::replace(&mut again, true) {
            *known = Known::default();
        }
        body(connection, known)
    });
    if reach == Reach::Disk {
        catalog.set_durable(false)?;
    }
    match outcome {
        Ok(_) => *reached = reach,
        Err(_) => *known = Known::default(),
    }
    outcome
}

fn hash_of(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Known {
    fn write(
        &mut self,
        connection: &mut Connection,
        session: SessionId,
        key: i64,
        batch: &Batch,
    ) -> Result<(), Failure> {
        for text in &batch.sources {
            source::insert(connection, key, text)?;
        }
        node::insert(connection, key, session, &batch.nodes)?;
        for run in &batch.executions {
            execution::insert(connection, key, run)?;
        }
        self.write_values(connection, batch.node_values())?;
        self.write_variables(connection, key, batch.variables())?;
        for (name, version, node) in &batch.artifact_nodes {
            artifact::set_node(connection, name, *version, *node)?;
        }
        for text in &batch.notes {
            let next = match self.next_note {
                Some(next) => next,
                None => note::next_seq(connection, key)?,
            };
            note::insert(connection, key, next, text)?;
            self.next_note = Some(next + 1);
        }
        for found in &batch.findings {
            finding::insert(connection, found)?;
        }
        for known in &batch.files {
            file::insert(connection, key, known)?;
        }
        Ok(())
    }

    /// Values of nodes come in the order of the nodes, as a rule, and those are new.
    fn write_values(
        &mut self,
        connection: &mut Connection,
        values: &[NodeValue],
    ) -> Result<(), Failure> {
        let (mut new, mut known) = (Vec::with_capacity(values.len()), Vec::new());
        for value in values {
            let keys = self.keys(connection, value)?;
            let (execution, node) = (keys.execution.0, i64::from(value.node.index()));
            let last = match self.last_values.get(&execution) {
                Some(&last) => last,
                None => node_value::last(connection, execution)?.unwrap_or(-1),
            };
            self.last_values.insert(execution, last.max(node));
            if node > last { &mut new } else { &mut known }.push((keys, value));
        }
        node_value::insert(connection, new)?;
        node_value::upsert(connection, known)
    }

    /// Variables that are seen for the first time are added, which is quicker than to look for each.
    fn write_variables(
        &mut self,
        connection: &mut Connection,
        session: i64,
        seen: &[Variable],
    ) -> Result<(), Failure> {
        if seen.is_empty() {
            return Ok(());
        }
        let next = match self.next_variable {
            Some(next) => next,
            None => {
                let next = variable::next_seq(connection, session)?;
                // Which ones are there is not asked.
                self.variables = (next == 0).then(HashSet::new);
                next
            }
        };
        let (mut new, mut known) = (Vec::with_capacity(seen.len()), Vec::new());
        for (place, variable) in (next..).zip(seen) {
            let is_new = self
                .variables
                .as_mut()
                .is_some_and(|variables| variables.insert(hash_of(&variable.name)));
            if is_new { &mut new } else { &mut known }.push((place, variable));
        }
        variable::insert(connection, session, new)?;
        variable::upsert(connection, session, known)?;
        self.next_variable = Some(next + seen.len() as i64);
        Ok(())
    }

    fn keys(&mut self, connection: &mut Connection, value: &NodeValue) -> Result<Keys, Failure> {
        let execution = match self.executions.get(&value.execution) {
            Some(&found) => found,
            None => {
                let found = execution::find(connection, value.execution)?;
                self.executions.insert(value.execution, found);
                found
            }
        };
        let type_name = match &value.type_name {
            None => None,
            Some(name) => Some(match self.types.get(name) {
                Some(&key) => key,
                None => {
                    let key = type_name::key_or_insert(connection, name)?;
                    self.types.insert(name.clone(), key);
                    key
                }
            }),
        };
        Ok(Keys { execution, type_name })
    }
}
