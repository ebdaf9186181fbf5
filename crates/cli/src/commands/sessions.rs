//! `clew sessions`: lists, shows and deletes what was run.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use clew_graph::{Session, SessionId, os_text};
use clew_store::StoredSession;
use serde_json::{Value, json};

use super::StorePlace;
use crate::CommandError;
use crate::listing::Column::{Id, Left, Right};
use crate::listing::Listing;
use crate::report::{moment, say_json};

mod one;

pub(super) use one::Show;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Sessions {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Action {
    /// Lists what was run
    List(List),
    /// Shows what is known of a run
    Show(one::Show),
    /// Deletes runs with all that is kept of them
    Rm(one::Rm),
}

/// Which runs are listed, and how.
#[derive(Args)]
pub(super) struct List {
    /// Only runs of this script
    #[arg(value_name = "SCRIPT")]
    script: Option<String>,
    /// Only the latest so many
    #[arg(long, short = 'n', value_name = "COUNT")]
    limit: Option<usize>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Sessions {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        match &self.action {
            None => self.list.run(),
            Some(Action::List(list)) => list.run(),
            Some(Action::Show(show)) => show.run(),
            Some(Action::Rm(rm)) => rm.run(),
        }
    }
}

impl List {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let (sessions, artifacts) = match self.store.open_existing() {
            Ok(store) => (store.sessions()?, store.artifacts()?),
            // Nothing was recorded in a place that is not there.
            Err(CommandError::NoSession { .. }) => Default::default(),
            Err(error) => return Err(error),
        };
        let mut saved: BTreeMap<SessionId, usize> = BTreeMap::new();
        for artifact in artifacts {
            *saved.entry(artifact.session).or_default() += 1;
        }
        let asked = |stored: &&StoredSession| {
            self.script.as_deref().is_none_or(|script| is_of(&stored.session, script))
        };
        let sessions = sessions.iter().filter(asked).take(self.limit.unwrap_or(usize::MAX));
        if self.json {
            let rows: Vec<Value> = sessions
                .map(|stored| {
                    let mut row = row_of(stored);
                    row["artifacts"] = json!(saved.get(&stored.session.id).unwrap_or(&0));
                    row
                })
                .collect();
            say_json(&json!(rows));
            return Ok(0);
        }
        let mut listing = Listing::new(&[
            Left("SCRIPT"),
            Left("BEGAN (UTC)"),
            Left("ENDED"),
            Id("SESSION"),
            Right("TOOK"),
            Right("ARTIFACTS"),
        ]);
        for stored in sessions {
            let count = saved.get(&stored.session.id).copied().unwrap_or(0);
            listing.add(&[
                script_of(&stored.session),
                &moment(stored.session.created),
                &ended(stored),
                &stored.session.id.to_string(),
                &seconds(stored)
                    .map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1} s")),
                &count.to_string(),
            ]);
        }
        listing.print();
        Ok(0)
    }
}

/// What JSON says of a session.
fn row_of(stored: &StoredSession) -> Value {
    json!({
        "session": stored.session.id.to_string(),
        "script": script_of(&stored.session),
        "arguments": stored.session.arguments,
        "folder": stored.session.working_directory,
        "python": stored.session.python_version,
        "began": moment(stored.session.created),
        "ended": stored.finished.map(moment),
        "seconds": seconds(stored),
        "exit_status": stored.exit_status,
    })
}

/// How a session ended, in words.
fn ended(stored: &StoredSession) -> String {
    match (&stored.exit_status, stored.finished) {
        (Some(status), _) if status == "0" => "well".to_owned(),
        (Some(status), _) if status.parse::<i64>().is_ok() => format!("with {status}"),
        (Some(status), _) => status.clone(),
        (None, Some(_)) => "yes".to_owned(),
        (None, None) => "not yet".to_owned(),
    }
}

/// How long a session took.
fn seconds(stored: &StoredSession) -> Option<f64> {
    let micros = stored.finished?.0.saturating_sub(stored.session.created.0).max(0);
    Some(std::time::Duration::from_micros(micros.unsigned_abs()).as_secs_f64())
}

/// What a session is a run of, as it was named: a script, `-c`, a module.
pub(super) fn script_of(session: &Session) -> &str {
    session.arguments.first().map_or("-", String::as_str)
}

/// Whether a session is a run of a script that is named so: by its path, or by the end of it.
pub(super) fn is_of(session: &Session, script: &str) -> bool {
    let ran = std::path::Path::new(script_of(session));
    let here = std::env::current_dir().unwrap_or_default();
    let here = os_text::to_text(here.as_os_str());
    ran.ends_with(script)
        || std::path::Path::new(&session.working_directory).join(ran)
            == std::path::Path::new(&here).join(script)
}
