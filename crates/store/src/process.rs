//! Process: what only the process that made it may use.
//!
//! A forked child has a copy of its parent's SQLite connections, and neither the locks that these
//! believe to hold nor the threads that would let them go. It must not even close them.

use std::ops::{Deref, DerefMut};

/// A process, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// The one that runs this.
    pub(crate) fn current() -> Self {
        Self(std::process::id())
    }

    pub(crate) fn numbered(id: u32) -> Self {
        Self(id)
    }

    pub(crate) fn id(self) -> u32 {
        self.0
    }

    /// Whether the current process was forked from this one.
    pub(crate) fn is_left(self) -> bool {
        self != Self::current()
    }

    /// One that is never current.
    #[cfg(test)]
    pub(crate) fn other() -> Self {
        Self(0)
    }
}

/// Something that belongs to the process that made it: in a forked child it is never dropped.
pub(crate) struct Own<T> {
    process: Process,
    /// `Some` until it is dropped.
    thing: Option<T>,
}

impl<T> Own<T> {
    pub(crate) fn new(thing: T) -> Self {
        Self { process: Process::current(), thing: Some(thing) }
    }

    #[cfg(test)]
    pub(crate) fn pretend_forked(&mut self) {
        self.process = Process::other();
    }

    pub(crate) fn take(mut self) -> T {
        self.thing.take().expect("it is there until it is taken or dropped")
    }
}

impl<T> Deref for Own<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.thing.as_ref().expect("it is there until it is taken or dropped")
    }
}

impl<T> DerefMut for Own<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.thing.as_mut().expect("it is there until it is taken or dropped")
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        if self.process.is_left() {
            std::mem::forget(self.thing.take());
        }
    }
}
