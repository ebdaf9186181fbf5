//! Collector: kept from running, so that nothing is freed while objects are looked at, and that it does not go
//! through many new ones again and again.
#![allow(unsafe_code, reason = "switches CPython's cycle collector")]

use pyo3::ffi;
use pyo3::prelude::*;

use crate::lent::Quiet;

/// The cycle collector at rest, until this is dropped.
pub struct AtRest {
    was_on: bool,
}

impl AtRest {
    /// Puts the collector to rest.
    pub fn begin(_quiet: Quiet<'_>) -> Self {
        Self::now()
    }

    /// Puts the collector to rest while Python's own code makes many objects without a cycle, such as syntax
    /// trees. They should be gone when it goes on, so that the program's own are counted as without them.
    pub fn while_making(_py: Python<'_>) -> Self {
        Self::now()
    }

    fn now() -> Self {
        // SAFETY: both that call this were given a token that says that the interpreter is held.
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
