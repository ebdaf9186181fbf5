//! Patience: waiting for other processes.

use std::time::{Duration, Instant};

use crate::StoreError;

/// How long to wait until another process lets go of a lock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience(pub(crate) Duration);

impl Patience {
    /// Processes hold a lock for milliseconds, unless they are stopped or the disk is slow.
    pub(crate) const DEFAULT: Self = Self(Duration::from_secs(30));

    /// Tries something until it is not a lock that keeps it from working.
    ///
    /// SQLite waits by itself, and for as long as it is set to; but in a few races, such as when two
    /// processes make a database at once, it gives up without waiting.
    pub(crate) fn retry<T>(
        self,
        mut attempt: impl FnMut() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let started = Instant::now();
        loop {
            match attempt() {
                Err(StoreError::Locked { .. }) if started.elapsed() < self.0 => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                outcome => return outcome,
            }
        }
    }
}
