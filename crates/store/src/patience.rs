//! Patience: waiting for other processes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::StoreError;

/// How long somebody waits who is in a hurry.
const MOMENT: Duration = Duration::from_secs(2);

/// How long to wait until another process lets go of a lock.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    limit: Duration,
    hurry: Arc<AtomicBool>,
}

impl Patience {
    /// Processes hold a lock for milliseconds, unless they are stopped or the disk is slow.
    pub(crate) fn new() -> Self {
        Self { limit: Duration::from_secs(30), hurry: Arc::default() }
    }

    /// As long as this and no longer.
    #[cfg(test)]
    pub(crate) fn of(limit: Duration) -> Self {
        Self { limit, ..Self::new() }
    }

    /// How long SQLite is to wait by itself.
    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    /// Waits for a moment only from now on: somebody's program is to end.
    pub(crate) fn hurry(&self) {
        self.hurry.store(true, Ordering::Relaxed);
    }

    fn is_over(&self, waited: Duration) -> bool {
        waited >= if self.hurry.load(Ordering::Relaxed) { MOMENT } else { self.limit }
    }

    /// Tries something until it is not a lock that keeps it from working.
    ///
    /// SQLite waits by itself, and for as long as it is set to; but in a few races, such as when two
    /// processes make a database at once, it gives up without waiting.
    pub(crate) fn retry<T>(
        &self,
        mut attempt: impl FnMut() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let started = Instant::now();
        loop {
            match attempt() {
                Err(StoreError::Locked { .. }) if !self.is_over(started.elapsed()) => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                outcome => return outcome,
            }
        }
    }
}
