//! `clew artifacts`: lists what was saved.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use clap::Args;
use clew_graph::{Artifact, SessionId, Timestamp};
use clew_session::Verdict;
use clew_store::{Certificate, Store};
use serde_json::json;

use super::StorePlace;
use crate::CommandError;
use crate::listing::Column::{Left, Right};
use crate::listing::Listing;
use crate::report::{moment, say_json};

#[derive(Args)]
pub(super) struct Artifacts {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Artifacts {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let (artifacts, proofs) = match self.store.open_existing() {
            Ok(store) => {
                let artifacts = store.artifacts()?;
                let proofs = proofs(&store, &artifacts)?;
                (artifacts, proofs)
            }
            // Nothing was saved in a place that is not there.
            Err(CommandError::NoSession { .. }) => Default::default(),
            Err(error) => return Err(error),
        };
        if self.json {
            let rows: Vec<_> = artifacts
                .iter()
                .zip(&proofs)
                .map(|(artifact, proof)| {
                    json!({
                        "name": artifact.name,
                        "version": artifact.version,
                        "created": moment(artifact.created),
                        "session": artifact.session.to_string(),
                        "type": artifact.type_name,
                        "proven": proof.map(moment),
                    })
                })
                .collect();
            say_json(&json!(rows));
            return Ok(0);
        }
        let mut listing = Listing::new(&[
            Left("NAME"),
            Right("VERSION"),
            Left("SAVED (UTC)"),
            Left("TYPE"),
            Left("SESSION"),
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
