//! Working: a line on a terminal that says that a command is at work, from the first second on.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::report::is_quiet;
use crate::snippet::is_dumb;

/// The line is there until this is dropped.
pub(crate) struct Working {
    /// Dropped, it ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Working {
    /// Says on standard error what is being done, where that is a terminal.
    pub(crate) fn on(what: &'static str) -> Self {
        if is_quiet() || is_dumb() || !io::stderr().is_terminal() {
            return Self { stop: None, thread: None };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let mut seconds: u64 = 0;
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                seconds += 1;
                let _ = write!(io::stderr(), "\rclew: {what}, {seconds} s\x1b[K");
            }
            if seconds > 0 {
                let _ = write!(io::stderr(), "\r\x1b[K");
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.stop = None;
        // The line has to be gone before anything else is written.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
