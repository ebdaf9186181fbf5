//! Locale state: by which conventions C code writes and reads texts, which shows whether a statement set them.
//!
//! It is kept by the C library, for the whole process; whoever sets it, C included, it is asked for.
#![allow(unsafe_code, reason = "asks the C library")]

use std::ffi::CStr;

/// The conventions, as they were when they were last looked at.
#[derive(Default)]
pub(crate) struct LocaleState {
    known: Vec<u8>,
}

impl LocaleState {
    /// Looks at them, and says whether they are others than before.
    pub(crate) fn look(&mut self) -> bool {
        // SAFETY: without a name the function only answers; the text is the C library's and is valid until somebody
        // sets a locale, for which Python code needs the GIL, which is held.
        let now = unsafe {
            let name = libc::setlocale(libc::LC_ALL, std::ptr::null());
            if name.is_null() { &[][..] } else { CStr::from_ptr(name).to_bytes() }
        };
        let changed = self.known != now;
        if changed {
            self.known = now.to_vec();
        }
        changed
    }
}
