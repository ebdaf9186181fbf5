//! Collector: CPython's cycle collector at rest while clew makes many objects of its own.
#![allow(unsafe_code, reason = "calls CPython's C API")]

use pyo3::ffi;
use pyo3::prelude::*;

/// Keeps the collector at rest until it is dropped: a syntax tree is a great many objects without a cycle,
/// which it would go through again and again. What is made meanwhile should be gone by then, so that the
/// program's own objects are counted as without it.
pub struct CollectorAtRest {
    was_enabled: bool,
}

impl CollectorAtRest {
    /// From now on nothing is collected.
    pub fn begin(_py: Python<'_>) -> Self {
        // SAFETY: the GIL is held.
        Self { was_enabled: unsafe { ffi::PyGC_Disable() } != 0 }
    }
}

impl Drop for CollectorAtRest {
    fn drop(&mut self) {
        if self.was_enabled {
            // SAFETY: whoever began it held the GIL, and gives it up before that.
            unsafe { ffi::PyGC_Enable() };
        }
    }
}
