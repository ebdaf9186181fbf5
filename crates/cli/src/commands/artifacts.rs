//! `clew artifacts`: lists, shows and changes what was saved.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use clap::{Args, Subcommand};
use clew_graph::{Artifact, SessionId, Timestamp};
use clew_session::Verdict;
use clew_store::{Certificate, Store};
use serde_json::{Value, json};

use super::StorePlace;
use super::diff::Diff;
use crate::listing::Column::{Id, Left, Right};
use crate::listing::Listing;
use crate::report::{moment, say_json};
use crate::{CommandError, Interpreter};

mod edit;
mod show;

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "NAME may be followed by @ and a version: NAME@2, NAME@latest, NAME@TAG, or NAME@2026-11-30 for the one \
                  that was the latest then (UTC)."
)]
pub(super) struct Artifacts {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Action {
    /// Lists what was saved
    List(List),
    /// Shows what is known of an artifact, and its code
    Show(show::OneArtifact),
    /// Lists the versions of an artifact and what differs from each to the next
    History(show::OneArtifact),
    /// Deletes versions of an artifact
    Rm(edit::Rm),
    /// Gives an artifact another name
    Rename(edit::Rename),
    /// Has a word stand for a version, as in NAME@best
    Tag(edit::Tag),
    /// Says how two versions differ, the likeliest cause first
    Diff(Diff),
}

#[derive(Args)]
struct List {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Artifacts {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        match &self.action {
            None => self.list.run(),
            Some(Action::List(list)) => list.run(),
            Some(Action::Show(asked)) => asked.show(),
            Some(Action::History(asked)) => asked.history(),
            Some(Action::Rm(rm)) => rm.run(),
            Some(Action::Rename(rename)) => rename.run(),
            Some(Action::Tag(tag)) => tag.run(),
            Some(Action::Diff(diff)) => diff.run(interpreter),
        }
    }
}

impl List {
    fn run(&self) -> Result<u8, CommandError> {
        let (artifacts, proofs, tags) = match self.store.open_existing() {
            Ok(store) => {
                let artifacts = store.artifacts()?;
                let proofs = proofs(&store, &artifacts)?;
                (artifacts, proofs, store.tags()?)
            }
            // Nothing was saved in a place that is not there.
            Err(CommandError::NoSession { .. }) => Default::default(),
            Err(error) => return Err(error),
        };
        if self.json {
            let rows: Vec<Value> = artifacts
                .iter()
                .zip(&proofs)
                .map(|(artifact, proof)| row_of(artifact, *proof, &tags))
                .collect();
            say_json(&json!(rows));
            return Ok(0);
        }
        let mut listing = Listing::new(&[
            Left("NAME"),
            Right("VERSION"),
            Left("SAVED (UTC)"),
            Left("TYPE"),
            Id("SESSION"),
            Left("PROVEN (UTC)"),
        ]);
        for (artifact, proof) in artifacts.iter().zip(&proofs) {
            listing.add(&[
                &artifact.name,
                &artifact.version.to_string(),
                &moment(artifact.created),
                &artifact.type_name,
                &artifact.session.to_string(),
                &proof.map_or_else(|| "-".to_owned(), moment),
            ]);
        }
        listing.print();
        Ok(0)
    }
}

/// What JSON says of an artifact.
fn row_of(artifact: &Artifact, proof: Option<Timestamp>, tags: &[(String, String, u32)]) -> Value {
    json!({
        "name": artifact.name,
        "version": artifact.version,
        "created": moment(artifact.created),
        "session": artifact.session.to_string(),
        "type": artifact.type_name,
        "proven": proof.map(moment),
        "tags": tags_of(artifact, tags).collect::<Vec<_>>(),
    })
}

fn tags_of<'t>(
    artifact: &Artifact,
    tags: &'t [(String, String, u32)],
) -> impl Iterator<Item = &'t str> {
    let (of, at) = (artifact.name.clone(), artifact.version);
    tags.iter()
        .filter(move |(name, _, version)| *name == of && *version == at)
        .map(|(_, tag, _)| tag.as_str())
}

/// When the slice of each artifact was last replayed to its value, unless it came to something else since.
fn proofs(store: &Store, artifacts: &[Artifact]) -> Result<Vec<Option<Timestamp>>, CommandError> {
    let mut known: BTreeMap<SessionId, Vec<Certificate>> = BTreeMap::new();
    let mut proofs = Vec::new();
    for artifact in artifacts {
        let certificates = match known.entry(artifact.session) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(store.certificates(artifact.session)?),
        };
        let of_it = |certificate: &&Certificate| {
            certificate.name == artifact.saved_as && certificate.version == Some(artifact.version)
        };
        let latest = certificates.iter().rev().find(of_it);
        proofs.push(
            latest
                .filter(|certificate| certificate.verdict == Verdict::Equal.word())
                .map(|certificate| certificate.checked),
        );
    }
    Ok(proofs)
}
