//! Unknown call: how many calls are under way of which no rule says what they do.

use std::sync::atomic::{AtomicUsize, Ordering};

static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// None is: a program begins.
pub(crate) fn forget() {
    UNDER_WAY.store(0, Ordering::Relaxed);
}

/// Whether any is.
pub(crate) fn is_under_way() -> bool {
    UNDER_WAY.load(Ordering::Relaxed) > 0
}

/// Those that are under way are around what begins now, and do not count until they are [set back](set_back).
pub(crate) fn set_aside() -> usize {
    UNDER_WAY.swap(0, Ordering::Relaxed)
}

/// So many are under way again.
pub(crate) fn set_back(calls: usize) {
    UNDER_WAY.store(calls, Ordering::Relaxed);
}

/// A call of which no rule says what it does, from its beginning to its end.
pub(crate) struct UnknownCall(());

impl UnknownCall {
    pub(crate) fn begin() -> Self {
        UNDER_WAY.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for UnknownCall {
    fn drop(&mut self) {
        let less = |calls: usize| Some(calls.saturating_sub(1));
        let _ = UNDER_WAY.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}
