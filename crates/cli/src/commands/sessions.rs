//! `clew sessions`: lists what was run.

use clap::Args;
use clew_graph::{Session, os_text};
use clew_store::StoredSession;
use serde_json::json;

use super::StorePlace;
use crate::CommandError;
use crate::listing::{Column, Listing};
use crate::report::{moment, say_json};

#[derive(Args)]
pub(super) struct Sessions {
    /// Only runs of this script
    #[arg(value_name = "SCRIPT")]
    script: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Sessions {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let sessions = match self.store.open_existing() {
            Ok(store) => store.sessions()?,
            // Nothing was recorded in a place that is not there.
            Err(CommandError::NoSession { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let asked = |stored: &&StoredSession| {
            self.script.as_deref().is_none_or(|script| is_of(&stored.session, script))
        };
        let sessions: Vec<&StoredSession> = sessions.iter().filter(asked).collect();
        if self.json {
            let rows: Vec<_> = sessions
                .iter()
                .map(|stored| {
                    json!({
                        "session": stored.session.id.to_string(),
                        "script": script_of(&stored.session),
                        "arguments": stored.session.arguments,
                        "folder": stored.session.working_directory,
                        "python": stored.session.python_version,
                        "began": moment(stored.session.created),
                        "ended": stored.finished.map(moment),
                        "exit_status": stored.exit_status,
                    })
                })
                .collect();
            say_json(&json!(rows));
            return Ok(0);
        }
        let mut listing =
            Listing::new(&["SCRIPT", "BEGAN (UTC)", "ENDED", "SESSION"].map(Column::Left));
        for stored in sessions {
            let ended = match (&stored.exit_status, stored.finished) {
                (Some(status), _) if status == "0" => "well".to_owned(),
                (Some(status), _) if status.parse::<i64>().is_ok() => format!("with {status}"),
                (Some(status), _) => status.clone(),
                (None, Some(_)) => "yes".to_owned(),
                (None, None) => "not yet".to_owned(),
            };
            listing.add(&[
                script_of(&stored.session),
                &moment(stored.session.created),
                &ended,
                &stored.session.id.to_string(),
            ]);
        }
        listing.print();
        Ok(0)
    }
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
