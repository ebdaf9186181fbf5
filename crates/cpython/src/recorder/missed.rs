//! Missed: reports of threads that came while another one was taken in.
//!
//! The interpreter changes threads also where the recorder asks it something. A thread that then has something to
//! report is not heard: it cannot wait, for what it holds may be what the recorder asks for.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The thread that is at work in the recorder, by its state.
static HOLDER: AtomicUsize = AtomicUsize::new(0);
/// Whether a report was missed.
static MISSED: AtomicBool = AtomicBool::new(false);

/// A thread begins to report.
pub(super) fn begin(thread: usize) {
    HOLDER.store(thread, Ordering::Relaxed);
}

/// A thread reports while one is at work: where that is itself, it only asks.
pub(super) fn note(thread: usize) {
    if HOLDER.load(Ordering::Relaxed) != thread {
        MISSED.store(true, Ordering::Relaxed);
    }
}

/// Whether a report was missed since this was asked last.
pub(super) fn has_missed() -> bool {
    MISSED.load(Ordering::Relaxed) && MISSED.swap(false, Ordering::Relaxed)
}
