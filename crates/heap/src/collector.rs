//! Collector: kept from running, so that nothing is freed while objects are looked at.
#![allow(unsafe_code, reason = "switches CPython's cycle collector")]

use pyo3::ffi;

use crate::lent::Quiet;

/// The cycle collector at rest, until this is dropped.
pub struct AtRest {
    was_on: bool,
}

impl AtRest {
    /// Puts the collector to rest.
    pub fn begin(_quiet: Quiet<'_>) -> Self {
        // SAFETY: the interpreter is held.
        Self { was_on: unsafe { ffi::PyGC_Disable() } != 0 }
    }
}

impl Drop for AtRest {
    fn drop(&mut self) {
        if self.was_on {
            // SAFETY: this is dropped in the stretch of time in which it was made, when the interpreter is
            // held.
            unsafe { ffi::PyGC_Enable() };
        }
    }
}
