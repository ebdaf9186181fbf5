//! One: a session shown, and sessions deleted.

use clap::Args;
use clew_graph::{Artifact, is_of_function};
use clew_store::{Store, StoredSession, Version};
use serde_json::json;

use super::{ended, row_of, script_of, seconds};
use crate::commands::StorePlace;
use crate::report::{moment, say_json};
use crate::{CommandError, shown};

/// How many files, variables and notes of a kind are listed; JSON has all.
const SHOWN: usize = 20;

#[derive(Args)]
pub(in crate::commands) struct Show {
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(value_name = "SESSION")]
    session: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

#[derive(Args)]
pub(super) struct Rm {
    /// The sessions, by their ids or the beginnings of them
    #[arg(value_name = "SESSION", required = true)]
    sessions: Vec<String>,
    /// Deletes what they saved as well
    #[arg(long)]
    artifacts: bool,
    /// Deletes also what may still be running: a run without an end
    #[arg(long)]
    force: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Show {
    pub(in crate::commands) fn run(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let stored = match &self.session {
            Some(id) => store.session(id)?,
            None => store.latest_session()?.ok_or_else(|| CommandError::NoSession {
                store: store.folder().display().to_string(),
            })?,
        };
        let id = stored.session.id;
        let artifacts = artifacts_of(&store, &stored)?;
        let saved: Vec<String> = artifacts
            .iter()
            .map(|artifact| format!("{}@{}", artifact.name, artifact.version))
            .collect();
        let variables = store.variables(id)?.into_iter();
        let variables =
            variables.filter(|known| known.node.is_some() && !is_of_function(&known.name));
        let variables: Vec<String> = variables.map(|known| known.name).collect();
        let (files, notes) = (store.files(id)?, store.notes(id)?);
        if self.json {
            let mut row = row_of(&stored);
            row["artifacts"] = json!(saved);
            row["variables"] = json!(variables);
            let files = files.iter().map(|file| {
                json!({ "path": file.path, "role": file.role.word(), "bytes": file.size, "digest": file.digest })
            });
            row["files"] = files.collect();
            row["notes"] = json!(notes);
            say_json(&row);
            return Ok(0);
        }
        let fact = |key: &str, value: &str| say_line!("{key:<10} {}", shown::name(value));
        fact("script", script_of(&stored.session));
        let arguments = stored.session.arguments.get(1..).unwrap_or_default();
        if !arguments.is_empty() {
            fact("arguments", &arguments.join(" "));
        }
        fact("folder", &stored.session.working_directory);
        fact("python", &stored.session.python_version);
        fact("began", &format!("{} UTC", moment(stored.session.created)));
        let took = seconds(&stored).map(|seconds| format!(", after {seconds:.1} s"));
        fact("ended", &format!("{}{}", ended(&stored), took.unwrap_or_default()));
        fact("session", &id.to_string());
        list("artifacts", &saved);
        list("variables", &variables);
        for role in ["read", "imported", "written", "changed"] {
            let of_it = files.iter().filter(|file| file.role.word() == role);
            list(role, &of_it.map(|file| file.path.clone()).collect::<Vec<_>>());
        }
        list("notes", &notes);
        Ok(0)
    }
}

/// Prints what there is of a kind, a line each.
fn list(key: &str, values: &[String]) {
    for (at, value) in values.iter().take(SHOWN).enumerate() {
        say_line!("{:<10} {}", if at == 0 { key } else { "" }, shown::name(value));
    }
    if let Some(more) = values.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        say_line!("{:<10} … and {more} more", "");
    }
}

fn artifacts_of(store: &Store, stored: &StoredSession) -> Result<Vec<Artifact>, CommandError> {
    let mut artifacts = store.artifacts()?;
    artifacts.retain(|artifact| artifact.session == stored.session.id);
    Ok(artifacts)
}

impl Rm {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        // All are looked at before any is deleted.
        let mut chosen = Vec::new();
        for id in &self.sessions {
            let stored = store.session(id)?;
            if stored.finished.is_none() && !self.force {
                return Err(CommandError::WrongUse(format!(
                    "session {} has not ended, or was killed; --force deletes it all the same",
                    stored.session.id
                )));
            }
            let artifacts = artifacts_of(&store, &stored)?;
            if !artifacts.is_empty() && !self.artifacts {
                let saved: Vec<String> = artifacts
                    .iter()
                    .map(|artifact| format!("{}@{}", shown::name(&artifact.name), artifact.version))
                    .collect();
                return Err(CommandError::WrongUse(format!(
                    "session {} has saved {}; --artifacts deletes these as well",
                    stored.session.id,
                    saved.join(", ")
                )));
            }
            chosen.push((stored, artifacts));
        }
        let mut deleted = Vec::new();
        for (stored, artifacts) in chosen {
            for artifact in artifacts {
                store.delete_artifact(&artifact.name, Version::Number(artifact.version))?;
            }
            store.delete_session(stored.session.id)?;
            if self.json {
                deleted.push(row_of(&stored));
                continue;
            }
            say_line!(
                "deleted {} ({}, {} UTC)",
                stored.session.id,
                shown::name(script_of(&stored.session)),
                moment(stored.session.created)
            );
        }
        if self.json {
            say_json(&json!(deleted));
        }
        Ok(0)
    }
}
