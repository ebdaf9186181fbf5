//! Replaying: what the commands that replay slices have in common.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::Args;
use clew_graph::{Session, Source};
use clew_session::{ReplaySettings, Replayer};
use clew_store::Store;

use super::config::TIMEOUT;
use super::settings;
use crate::{CommandError, Interpreter};

/// How slices are replayed.
#[derive(Args, Clone, Debug)]
pub(super) struct Replaying {
    /// Stops a replay after so many seconds [default: 600]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Lets replays change files, databases and machines beside their scratch copy
    #[arg(long)]
    allow_effects: bool,
    /// Runs code and loads pickles although others may have put them into the store
    #[arg(long)]
    allow_untrusted: bool,
}

impl Replaying {
    /// How long a replay may take.
    fn limit(&self) -> Duration {
        match (self.timeout, settings().number("timeout")) {
            (Some(seconds), _) => Duration::from_secs(seconds),
            (None, Some(seconds)) => Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
            (None, None) => Duration::from_secs(TIMEOUT),
        }
    }

    /// What replays slices of a session. Shows on a terminal that it is at work.
    pub(super) fn replayer<'i>(
        &self,
        store: &Store,
        (session, sources): (&Session, &[Source]),
        interpreter: &'i dyn Interpreter,
    ) -> Result<Replayer<'i>, CommandError> {
        self.replayer_with(store, (session, sources), interpreter, false)
    }

    /// The same; `files_as_now` says whether what the session read is what it is now, and not what it was then.
    pub(super) fn replayer_with<'i>(
        &self,
        store: &Store,
        (session, sources): (&Session, &[Source]),
        interpreter: &'i dyn Interpreter,
        files_as_now: bool,
    ) -> Result<Replayer<'i>, CommandError> {
        let settings = ReplaySettings {
            limit: self.limit(),
            allow_effects: self.allow_effects,
            allow_untrusted: self.allow_untrusted,
            files_as_now,
        };
        let python = interpreter.python();
        let replayer = Replayer::new(store, session, sources, &python, settings)?;
        let progress = Progress::default();
        Ok(replayer.watched(move |taken| {
            progress.show(taken);
            !interpreter.is_interrupted()
        }))
    }
}

/// A line on a terminal that tells how many replays there were and how long the last one has taken.
#[derive(Default)]
struct Progress {
    done: AtomicU64,
    shown: AtomicU64,
}

impl Progress {
    fn show(&self, taken: Option<Duration>) {
        let mut errors = std::io::stderr();
        if !errors.is_terminal() {
            return;
        }
        let Some(taken) = taken else {
            self.done.fetch_add(1, Ordering::Relaxed);
            if self.shown.swap(0, Ordering::Relaxed) > 0 {
                let _ = write!(errors, "\r\x1b[K");
            }
            return;
        };
        // Short replays need no company.
        let seconds = taken.as_secs();
        if seconds > 0 && self.shown.swap(seconds, Ordering::Relaxed) != seconds {
            let number = self.done.load(Ordering::Relaxed) + 1;
            let _ = write!(errors, "\rclew: replay {number}, {seconds} s\x1b[K");
            let _ = errors.flush();
        }
    }
}
