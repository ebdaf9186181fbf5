//! Fork: while a process forks, none of its SQLite connections is open.
//!
//! SQLite keeps a table of the locks of a process. A forked child has a copy of that table and none of
//! the locks, so that what it opens beside a connection that it inherited writes where others do. So
//! connections are `Held`: opened when they are wanted, closed before a fork, opened anew after it on
//! both sides. Whoever uses one is inside a gate that is shut for the time of a fork.
//!
//! The gate is made of atomics. A child could not free a lock that another thread of its parent held.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::StoreError;
use crate::folder::Folder;
use crate::process::{Own, Process};

/// How long a fork waits for those who use a connection. What they do takes milliseconds, unless
/// another process keeps the store locked; the child then cannot use the store.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long somebody who wants a connection waits for a fork. It takes milliseconds, unless its thread
/// waits in turn for something that we hold; to wait no longer is the way out.
const LONGEST_FORK: Duration = Duration::from_secs(2);

/// How many forks are under way.
static FORKING: AtomicUsize = AtomicUsize::new(0);
/// How many threads use connections.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// The process that SQLite's table is of; 0 before the first connection.
static OWNER: AtomicU32 = AtomicU32::new(0);
/// Whether nothing was open at the last fork.
static CLOSED: AtomicBool = AtomicBool::new(false);
/// What may have to be closed. It is locked by those who are inside only.
static ALL: Mutex<Vec<Weak<dyn Close>>> = Mutex::new(Vec::new());

thread_local! {
    /// How often this thread is inside.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// This thread is about to fork. Waits for those who use connections, and closes these.
/// [`after_in_parent`] and [`after_in_child`] have to follow.
pub fn before() {
    FORKING.fetch_add(1, Ordering::SeqCst);
    let empty = wait(PATIENCE, || INSIDE.load(Ordering::SeqCst) == 0);
    if empty {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        for held in all.drain(..).filter_map(|held| held.upgrade()) {
            held.close();
        }
    }
    CLOSED.store(empty, Ordering::SeqCst);
}

/// The thread that was about to fork has done so, or could not.
pub fn after_in_parent() {
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

/// This process was forked, and nothing of its parent's was open then.
pub fn after_in_child() {
    if CLOSED.load(Ordering::SeqCst) {
        OWNER.store(std::process::id(), Ordering::SeqCst);
    }
    // The threads that were inside or forked as well are not here.
    INSIDE.store(0, Ordering::SeqCst);
    FORKING.store(0, Ordering::SeqCst);
}

/// The process that may use SQLite: this one, unless it was forked without [`before`].
pub(crate) fn owner() -> Process {
    #[cfg(test)]
    if tests::LEFT.get() {
        return Process::other();
    }
    let this = std::process::id();
    match OWNER.compare_exchange(0, this, Ordering::SeqCst, Ordering::SeqCst) {
        Ok(_) => Process::current(),
        Err(owner) => Process::numbered(owner),
    }
}

/// A connection that is opened when it is wanted.
pub(crate) struct Held<T: Send + 'static> {
    folder: Folder,
    open: fn(&Folder) -> Result<T, StoreError>,
    slot: Arc<OpenedLater<T>>,
}

struct OpenedLater<T>(Mutex<Option<Own<T>>>);

/// A connection in use; nobody forks meanwhile.
pub(crate) struct InUse<'a, T> {
    slot: MutexGuard<'a, Option<Own<T>>>,
    // Dropped last.
    _inside: Inside,
}

impl<T: Send + 'static> Held<T> {
    pub(crate) fn new(folder: &Folder, open: fn(&Folder) -> Result<T, StoreError>) -> Self {
        let slot = Arc::new(OpenedLater(Mutex::new(None)));
        Self { folder: folder.clone(), open, slot }
    }

    /// The connection, for one caller at a time.
    pub(crate) fn get(&self) -> Result<InUse<'_, T>, StoreError> {
        self.get_by(self.open)
    }

    /// The same, opened in another way where it is not open.
    pub(crate) fn get_by(
        &self,
        open: impl FnOnce(&Folder) -> Result<T, StoreError>,
    ) -> Result<InUse<'_, T>, StoreError> {
        let Some(inside) = Inside::enter() else {
            return Err(StoreError::Forked { folder: self.folder.path.clone() });
        };
        let mut slot = self.slot.0.lock().unwrap_or_else(|poisoned| {
            // Where another thread panicked with it, a transaction may still be open.
            self.slot.0.clear_poison();
            let mut slot = poisoned.into_inner();
            *slot = None;
            slot
        });
        if slot.is_none() {
            *slot = Some(Own::new(open(&self.folder)?));
            let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|held| held.strong_count() > 0);
            let opened: Weak<OpenedLater<T>> = Arc::downgrade(&self.slot);
            all.push(opened);
        }
        Ok(InUse { slot, _inside: inside })
    }

    /// Closes it until it is wanted again.
    pub(crate) fn close(&self) {
        // What a child inherited is not closed but left.
        if let Some(_inside) = Inside::enter() {
            self.slot.close();
        }
    }
}

impl<T: Send + 'static> Drop for Held<T> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<T> Deref for InUse<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.slot.as_ref().expect("who uses a connection has opened it")
    }
}

impl<T> DerefMut for InUse<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.slot.as_mut().expect("who uses a connection has opened it")
    }
}

trait Close: Send + Sync {
    fn close(&self);
}

impl<T: Send> Close for OpenedLater<T> {
    fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A thread's being inside. Who is inside already need not wait to enter once more.
struct Inside {
    /// It belongs to its thread.
    _here: std::marker::PhantomData<*const ()>,
}

impl Inside {
    /// Waits until nobody forks. `None` where this process must not use SQLite.
    fn enter() -> Option<Self> {
        if owner().is_left() {
            return None;
        }
        let depth = DEPTH.get();
        if depth == 0 {
            let mut out_of_patience = false;
            loop {
                INSIDE.fetch_add(1, Ordering::SeqCst);
                if FORKING.load(Ordering::SeqCst) == 0 || out_of_patience {
                    break;
                }
                INSIDE.fetch_sub(1, Ordering::SeqCst);
                out_of_patience = !wait(LONGEST_FORK, || FORKING.load(Ordering::SeqCst) == 0);
            }
        }
        DEPTH.set(depth + 1);
        Some(Self { _here: std::marker::PhantomData })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let depth = DEPTH.get() - 1;
        DEPTH.set(depth);
        if depth == 0 {
            INSIDE.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Waits until something is so, for some time at most; whether it is.
fn wait(longest: Duration, is_so: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while !is_so() {
        if started.elapsed() > longest {
            return false;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    true
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    thread_local! {
        /// Makes this thread's process one that was forked without a word.
        pub(crate) static LEFT: Cell<bool> = const { Cell::new(false) };
    }

    fn opened() -> (tempfile::TempDir, Held<crate::values::Values>) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path().to_str().unwrap()).unwrap();
        drop(folder.make_catalog().unwrap());
        let held = Held::new(&folder, Folder::open_values);
        drop(held.get().unwrap());
        (place, held)
    }

    fn is_open<T: Send>(held: &Held<T>) -> bool {
        held.slot.0.lock().unwrap().is_some()
    }

    // One test, since the gate is the whole process's.
    #[test]
    fn nothing_is_open_while_a_process_forks() {
        let (_folder, held) = opened();
        let value = held.get().unwrap().put(b"before").unwrap();
        before();
        assert!(!is_open(&held));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| held.get().unwrap().get(value).unwrap());
            std::thread::sleep(Duration::from_millis(30));
            assert!(!is_open(&held));
            after_in_parent();
            assert_eq!(waiting.join().unwrap(), b"before");
        });
        assert!(is_open(&held));

        // A fork waits for whoever is inside, who may enter again.
        let (_other_folder, other) = opened();
        let in_use = held.get().unwrap();
        std::thread::scope(|scope| {
            let forking = scope.spawn(|| {
                before();
                let open = is_open(&held) || is_open(&other);
                after_in_parent();
                open
            });
            std::thread::sleep(Duration::from_millis(30));
            assert!(!forking.is_finished());
            other.get().unwrap();
            drop(in_use);
            assert!(!forking.join().unwrap());
        });
    }
}
