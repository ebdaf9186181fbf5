//! Exception: one that is on its way, and is not to be disturbed by a look at objects.
#![allow(unsafe_code, reason = "fetches and restores CPython's pending exception")]

use std::ptr;

use pyo3::ffi;

use crate::lent::Quiet;

/// A pending exception that is put aside until this is dropped.
pub struct Pending([*mut ffi::PyObject; 3]);

impl Pending {
    /// Puts a pending exception aside, if there is one.
    pub fn aside(_quiet: Quiet<'_>) -> Self {
        let mut pending = [ptr::null_mut(); 3];
        // SAFETY: the interpreter is held; what is taken is given back by `drop`.
        unsafe {
            #[allow(deprecated, reason = "the new way normalizes, which runs code")]
            ffi::PyErr_Fetch(&mut pending[0], &mut pending[1], &mut pending[2]);
        }
        Self(pending)
    }
}

/// Forgets an exception that a question of ours raised: an error of ours is not the program's.
pub fn forget(_quiet: Quiet<'_>) {
    // SAFETY: the interpreter is held.
    unsafe { ffi::PyErr_Clear() };
}

impl Drop for Pending {
    fn drop(&mut self) {
        // SAFETY: gives back what `aside` took.
        unsafe {
            #[allow(deprecated, reason = "the new way normalizes, which runs code")]
            ffi::PyErr_Restore(self.0[0], self.0[1], self.0[2]);
        }
    }
}
