//! Forked: a process that was forked from the one that is recorded, and is not recorded itself.
#![allow(unsafe_code, reason = "asks the system whether a process is there")]

use std::os::unix::process::parent_id;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The process that is recorded, in one that was forked from it; 0 in any other.
static RECORDED: AtomicU32 = AtomicU32::new(0);
/// Whether the recorded process is this one's parent.
static CHILD: AtomicBool = AtomicBool::new(false);
/// Whether it was said that nothing is recorded any more.
static SAID: AtomicBool = AtomicBool::new(false);

/// Whether the system has forked this process since clew began to listen in it.
static FORKED: AtomicBool = AtomicBool::new(false);

/// The system has forked this process, which Python need not know.
pub(crate) fn note() {
    FORKED.store(true, Ordering::Relaxed);
}

/// Whether the system has forked another process off this one.
static FORKS: AtomicBool = AtomicBool::new(false);

/// The system has forked another process off this one.
pub(crate) fn note_child() {
    FORKS.store(true, Ordering::Relaxed);
}

/// Whether the system has done so.
pub(crate) fn has_forked() -> bool {
    FORKS.load(Ordering::Relaxed)
}

/// This process is recorded itself from now on, whatever it was forked from.
pub(crate) fn is_recorded() {
    FORKS.store(false, Ordering::Relaxed);
    FORKED.store(false, Ordering::Relaxed);
    RECORDED.store(0, Ordering::Relaxed);
}

/// This process was forked from the one that is recorded, whose number is given.
pub(crate) fn begin(recorded: u32) {
    // A child's parent may have ended by now, so that the system names another one.
    let is_first = RECORDED.swap(recorded, Ordering::Relaxed) == 0;
    CHILD.store(is_first, Ordering::Relaxed);
}

/// Whether this process was forked from one that is recorded.
pub fn is_forked() -> bool {
    RECORDED.load(Ordering::Relaxed) != 0 || FORKED.load(Ordering::Relaxed)
}

/// Says once that nothing is recorded any more, where this process goes on with the program and the one
/// that is recorded has ended: the program went into the background.
#[cold]
pub(crate) fn tell_if_left() {
    let recorded = RECORDED.load(Ordering::Relaxed);
    if recorded == 0 || SAID.load(Ordering::Relaxed) {
        return;
    }
    let has_ended = match CHILD.load(Ordering::Relaxed) {
        true => parent_id() != recorded,
        false => !is_there(recorded),
    };
    if has_ended {
        SAID.store(true, Ordering::Relaxed);
        eprintln!(
            "clew: the program goes on in process {}, which is not recorded: it was forked from process \
             {recorded}, which was recorded and has ended",
            std::process::id()
        );
    }
}

fn is_there(process: u32) -> bool {
    // SAFETY: without a signal, the system only says whether the process is there.
    unsafe { libc::kill(process as libc::pid_t, 0) == 0 }
}
