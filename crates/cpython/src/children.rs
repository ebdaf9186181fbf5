//! Children: whether other processes were at work for a call.
//!
//! What they are handed they run out of sight. A child that is there, running or not yet waited for, is
//! asked after without waiting for it; one that was waited for meanwhile has left its traces in what the
//! system counts of them.
#![allow(unsafe_code, reason = "asks the system about child processes")]

use std::mem::MaybeUninit;

/// How things stood with child processes before a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Children {
    /// The page faults of all children that were waited for so far; no process gets by without any.
    faults: libc::c_long,
}

impl Children {
    /// How things stand now.
    pub(crate) fn now() -> Self {
        Self { faults: faults_so_far() }
    }

    /// Whether any is there, or was since.
    pub(crate) fn were_at_work(self) -> bool {
        faults_so_far() != self.faults || any_is_there()
    }
}

fn faults_so_far() -> libc::c_long {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the system fills in what it is given, and zeroes are a valid value of it.
    unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init().ru_minflt
    }
}

fn any_is_there() -> bool {
    let mut found = MaybeUninit::<libc::siginfo_t>::zeroed();
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: the system fills in what it is given; `WNOWAIT` leaves every child as it is.
    unsafe { libc::waitid(libc::P_ALL, 0, found.as_mut_ptr(), options) == 0 }
}
