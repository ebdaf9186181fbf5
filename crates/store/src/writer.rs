//! Writer: keeps what a session does while it runs, from a thread of its own.

use std::path::PathBuf;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use clew_graph::{Artifact, Session, SessionId, Timestamp};

use crate::process::{Own, Process};
use crate::store::Place;
use crate::value::Moment;
use crate::{NewArtifact, Record, StoreError};

mod batch;
mod queue;
mod thread;

use queue::Queue;

/// Keeps what one session does while it runs.
///
/// What is sent is written by a thread of its own, in batches, each of them whole or not at all,
/// and in the order in which it was sent. Sending takes a microsecond or less; only when the disk
/// is hundreds of thousands of rows behind does it wait. An error stops the recording and never
/// the program: it is told by [`Self::fault`] and by whatever waits for an answer, and what is
/// sent from then on is dropped.
///
/// Dropping the writer writes what was sent and leaves the session unfinished.
///
/// A forked child has the writer but not its thread, and must not use its parent's SQLite: there,
/// every method does nothing, and those that answer, answer [`StoreError::Forked`].
pub struct Writer {
    session: SessionId,
    folder: PathBuf,
    process: Process,
    queue: Arc<Queue<Message>>,
    thread: Mutex<Option<Own<JoinHandle<()>>>>,
}

/// What the thread is told.
enum Message {
    Record(Record),
    Flush(Answer<()>),
    Save(Box<NewArtifact>, Answer<Artifact>),
    Finish(Timestamp, String, Answer<()>),
}

type Answer<T> = SyncSender<Result<T, StoreError>>;

impl Writer {
    /// Starts the thread, unless the store belongs to a process that this one was forked from.
    pub(crate) fn start(place: Place, process: Process, session: Session) -> Self {
        let queue = Arc::new(Queue::new());
        let id = session.id;
        let folder = place.folder.clone();
        let theirs = Arc::clone(&queue);
        let thread = if process.is_left() {
            None
        } else {
            std::thread::Builder::new()
                .name("clew-store".to_owned())
                .spawn(move || thread::run(&theirs, &place, &session))
                .map_err(|error| queue.end(Some(StoreError::NoThread(error))))
                .ok()
        };
        let thread = Mutex::new(thread.map(Own::new));
        Self { session: id, folder, process, queue, thread }
    }

    /// Whose writer it is.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The process that may use it. In any other, which was forked from that one, it does nothing.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Hands something over to be kept.
    pub fn send(&self, record: Record) {
        if self.process.is_left() {
            return;
        }
        let rows = match &record {
            Record::Nodes(nodes) => nodes.len(),
            Record::Variables(variables) => variables.len(),
            // A long text counts for as many rows as fill its room.
            Record::Source(source) => 1 + source.text.len() / 128,
            Record::Node(_)
            | Record::Execution(_)
            | Record::NodeValue(_)
            | Record::ArtifactNode { .. }
            | Record::Note(_) => 1,
        };
        self.queue.send(Message::Record(record), rows);
    }

    /// Waits until all that was sent is on the disk.
    ///
    /// # Errors
    /// When not all of it is, and never will be.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.ask(Message::Flush).unwrap_or(Ok(()))
    }

    /// Keeps all that was sent and then an artifact under the next version of its name.
    ///
    /// # Errors
    /// As [`Store::save_artifact`](crate::Store::save_artifact), and when something sent before
    /// could not be kept.
    pub fn save_artifact(&self, artifact: NewArtifact) -> Result<Artifact, StoreError> {
        self.ask(|answer| Message::Save(Box::new(artifact), answer))
            .unwrap_or(Err(StoreError::Stopped { source: None }))
    }

    /// Keeps all that was sent and how the session ended, and stops the thread. What is sent
    /// afterwards is dropped.
    ///
    /// # Errors
    /// When not all of it is on the disk, and never will be.
    pub fn finish(&self, exit_status: &str) -> Result<(), StoreError> {
        let finished = Timestamp(Moment::now().0);
        let exit_status = exit_status.to_owned();
        let outcome = self.ask(|answer| Message::Finish(finished, exit_status, answer));
        self.close();
        outcome.unwrap_or(Ok(()))
    }

    /// The error for which recording stopped, the first time that this is asked after it.
    pub fn fault(&self) -> Option<Arc<StoreError>> {
        if self.process.is_left() {
            return None;
        }
        self.queue.take_fault()
    }

    /// Asks the thread for something; `None` where it has ended and all was well.
    fn ask<T>(&self, message: impl FnOnce(Answer<T>) -> Message) -> Option<Result<T, StoreError>> {
        if self.process.is_left() {
            return Some(Err(StoreError::Forked { folder: self.folder.clone() }));
        }
        let (answer, answered) = mpsc::sync_channel(1);
        self.queue.send_urgent(message(answer));
        match answered.recv() {
            Ok(outcome) => Some(outcome),
            Err(_) => {
                let fault = self.queue.outcome()?;
                Some(Err(StoreError::Stopped { source: Some(fault) }))
            }
        }
    }

    fn close(&self) {
        if self.process.is_left() {
            return;
        }
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It has caught its own panics.
            let _ = thread.take().join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
