//! Signals: whose threads the user's signals go to.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

/// Those that a thread gets for what it did itself.
const OWN: [Signal; 6] = [
    Signal::SIGABRT,
    Signal::SIGBUS,
    Signal::SIGFPE,
    Signal::SIGILL,
    Signal::SIGSEGV,
    Signal::SIGTRAP,
];

/// Starts threads that no signal goes to: the system gives one to any thread that takes it, and a program
/// that waits for input hears of Ctrl-C only where it is the program's own thread that is interrupted.
pub(crate) fn kept_from<T>(start: impl FnOnce() -> T) -> T {
    let mut others = SigSet::all();
    for signal in OWN {
        others.remove(signal);
    }
    // A thread begins with the mask of the one that starts it.
    let before = others.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let started = start();
    if let Ok(before) = before {
        let _ = before.thread_set_mask();
    }
    started
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_starts_without_signals_and_its_starter_keeps_its_own() {
        let before = SigSet::thread_get_mask().expect("a thread has a mask");
        let thread = kept_from(|| std::thread::spawn(SigSet::thread_get_mask));
        let mask = thread.join().expect("it does not panic").expect("a thread has a mask");
        assert!(mask.contains(Signal::SIGINT) && mask.contains(Signal::SIGTERM));
        assert!(!mask.contains(Signal::SIGSEGV));
        let after = SigSet::thread_get_mask().expect("a thread has a mask");
        assert_eq!(after.contains(Signal::SIGINT), before.contains(Signal::SIGINT));
    }
}
