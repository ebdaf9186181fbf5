//! Writer: keeps what a session does while it runs, from a thread of its own.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use clew_graph::{Artifact, Session, SessionId, Timestamp};

use crate::folder::Folder;
use crate::fork;
use crate::process::{Own, Process};
use crate::values::Moment;
use crate::{NewArtifact, Record, StoreError, signals};

mod batch;
mod queue;
mod thread;

use queue::Queue;

/// Keeps what one session does while it runs.
///
/// What is sent is written by a thread of its own, in batches, each of them whole or not at all,
/// and in the order in which it was sent. Sending takes a microsecond or less; only when the disk
/// is hundreds of thousands of rows behind does it wait. An error stops the recording and never
/// the program: it is reported by [`Self::fault`] and by whatever waits for an answer, and what is
/// sent from then on is dropped.
///
/// Dropping the writer writes what was sent and leaves the session unfinished.
///
/// A forked child has the writer but not its thread, and must not use its parent's SQLite: there,
/// every method does nothing, and those that answer, answer [`StoreError::Forked`].
pub struct Writer {
    session: Session,
    folder: Folder,
    process: Process,
    queue: Arc<Queue<Message>>,
    thread: Mutex<Option<Own<JoinHandle<()>>>>,
}

/// What is sent to the thread.
enum Message {
    Record(Record),
    Flush(Answer<()>),
    Save(Box<NewArtifact>, Answer<Artifact>),
    Finish(Timestamp, String, Answer<()>),
}

type Answer<T> = SyncSender<Result<T, StoreError>>;

/// What the thread was asked for.
struct Asked<T> {
    answered: Receiver<Result<T, StoreError>>,
    queue: Arc<Queue<Message>>,
}

impl<T> Asked<T> {
    /// The answer; `None` where the thread has ended and all was well.
    fn wait(&self) -> Option<Result<T, StoreError>> {
        match self.answered.recv() {
            Ok(outcome) => Some(outcome),
            Err(_) => Some(Err(StoreError::Stopped { source: Some(self.queue.outcome()?) })),
        }
    }
}

/// An artifact on its way into the store.
#[must_use = "whether it is kept is known when it was waited for"]
pub struct PendingSave(Pending);

enum Pending {
    Asked(Asked<Artifact>),
    Over(Box<Result<Artifact, StoreError>>),
}

impl PendingSave {
    /// One that is over already.
    pub fn over(outcome: Result<Artifact, StoreError>) -> Self {
        Self(Pending::Over(Box::new(outcome)))
    }

    /// Waits for this long; gives itself back where that was not long enough.
    ///
    /// # Errors
    /// Within: as [`Writer::save_artifact`].
    pub fn wait_for(self, limit: Duration) -> Result<Result<Artifact, StoreError>, Self> {
        let asked = match self.0 {
            Pending::Asked(asked) => asked,
            Pending::Over(outcome) => return Ok(*outcome),
        };
        match asked.answered.recv_timeout(limit) {
            Ok(outcome) => Ok(outcome),
            Err(RecvTimeoutError::Timeout) => Err(Self(Pending::Asked(asked))),
            Err(RecvTimeoutError::Disconnected) => {
                Ok(Err(StoreError::Stopped { source: asked.queue.outcome() }))
            }
        }
    }
}

impl Writer {
    /// Starts the thread, unless this process was forked from one that used SQLite just then.
    pub(crate) fn start(folder: Folder, session: Session) -> Self {
        let queue = Arc::new(Queue::new());
        let process = fork::owner();
        let writer = Self { session, folder, process, queue, thread: Mutex::new(None) };
        if !writer.process.is_left() {
            *writer.lock_thread() = writer.spawn();
        }
        writer
    }

    fn spawn(&self) -> Option<Own<JoinHandle<()>>> {
        let queue = Arc::clone(&self.queue);
        let (folder, session) = (self.folder.clone(), self.session.clone());
        let thread = std::thread::Builder::new().name("clew-store".to_owned());
        signals::kept_from(|| thread.spawn(move || thread::run(&queue, &folder, &session)))
            .map_err(|error| self.queue.end(Some(StoreError::NoThread(error))))
            .ok()
            .map(Own::new)
    }

    /// Writes what was sent and lets the thread end; another one starts with what is sent next. For
    /// a process that is about to fork: from 3.12 on Python warns of threads then, and a child
    /// inherits no lock that a thread of ours holds.
    pub fn rest(&self) {
        if self.process.is_left() {
            return;
        }
        let mut thread = self.lock_thread();
        if let Some(running) = thread.take() {
            self.queue.rest();
            // It has caught its own panics.
            let _ = running.take().join();
        }
    }

    /// Starts a thread where the last one was let go. Whoever lets it go holds the lock until it
    /// has ended, so there is never more than one.
    fn wake(&self) {
        let mut thread = self.lock_thread();
        if self.queue.wake() {
            *thread = self.spawn();
        }
    }

    fn lock_thread(&self) -> MutexGuard<'_, Option<Own<JoinHandle<()>>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose writer it is.
    pub fn session(&self) -> SessionId {
        self.session.id
    }

    /// The process that may use it. In any other, which was forked from that one, it does nothing.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Hands something over to be kept.
    pub fn send(&self, record: Record) {
        self.send_all([record]);
    }

    /// Hands over some things to be kept one after the other.
    pub fn send_all(&self, records: impl IntoIterator<Item = Record>) {
        if self.process.is_left() {
            return;
        }
        let messages = records.into_iter().map(|record| {
            let rows = rows_of(&record);
            (Message::Record(record), rows)
        });
        if self.queue.send(messages) {
            self.wake();
        }
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

    /// As [`Self::save_artifact`], for somebody who does something else while they wait.
    pub fn begin_save(&self, artifact: NewArtifact) -> PendingSave {
        match self.begin(|answer| Message::Save(Box::new(artifact), answer)) {
            Ok(asked) => PendingSave(Pending::Asked(asked)),
            Err(error) => PendingSave::over(Err(error)),
        }
    }

    /// Keeps all that was sent and how the session ended, and stops the thread. What is sent
    /// afterwards is dropped. For other processes that have locked the store it waits for a moment only: a
    /// program is about to end.
    ///
    /// # Errors
    /// When not all of it is on the disk, and never will be.
    pub fn finish(&self, exit_status: &str) -> Result<(), StoreError> {
        let finished = Timestamp(Moment::now().0);
        let exit_status = exit_status.to_owned();
        self.folder.patience.hurry();
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
        match self.begin(message) {
            Ok(asked) => asked.wait(),
            Err(error) => Some(Err(error)),
        }
    }

    fn begin<T>(&self, message: impl FnOnce(Answer<T>) -> Message) -> Result<Asked<T>, StoreError> {
        if self.process.is_left() {
            return Err(StoreError::Forked { folder: self.folder.path.clone() });
        }
        let (answer, answered) = mpsc::sync_channel(1);
        if self.queue.send_urgent(message(answer)) {
            self.wake();
        }
        Ok(Asked { answered, queue: Arc::clone(&self.queue) })
    }

    fn close(&self) {
        if self.process.is_left() {
            return;
        }
        self.queue.close();
        let thread = self.lock_thread().take();
        match thread {
            // It has caught its own panics.
            Some(thread) => drop(thread.take().join()),
            None => self.queue.end(None),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// How many rows a record makes.
fn rows_of(record: &Record) -> usize {
    match record {
        Record::Nodes(nodes) => nodes.len(),
        Record::Variables(variables) => variables.len(),
        Record::Files(files) => {
            let content = files.iter().filter_map(|file| file.content.as_ref());
            files.len() + content.map(|content| content.len() / 128).sum::<usize>()
        }
        // A long text counts for as many rows as fill its room.
        Record::Source(source) => 1 + source.text.len() / 128,
        Record::Node(_)
        | Record::Execution(_)
        | Record::NodeValue(_)
        | Record::ArtifactNode { .. }
        | Record::Note(_)
        | Record::Finding(_) => 1,
    }
}

#[cfg(test)]
mod tests;
