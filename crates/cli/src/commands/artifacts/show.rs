//! Show: what is known of an artifact, and how its versions came to differ.

use clap::Args;
use clew_graph::Artifact;
use clew_session::{Aspect, Comparison};
use clew_store::{Store, ValueAddress};
use serde_json::{Value, json};

use super::{proofs, row_of, tags_of};
use crate::commands::StorePlace;
use crate::commands::named_value::NamedValue;
use crate::commands::sessions::script_of;
use crate::commands::version_word::{artifact_of, versions_of};
use crate::listing::Column::{Left, Right};
use crate::listing::Listing;
use crate::report::{moment, say_code, say_json};
use crate::{CommandError, shown};

/// An artifact that something is asked about.
#[derive(Args)]
pub(super) struct OneArtifact {
    /// The artifact: NAME, NAME@VERSION
    #[arg(value_name = "NAME")]
    name: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl OneArtifact {
    pub(super) fn show(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let artifact = artifact_of(&store, &self.name)?;
        let session = store.session(&artifact.session.to_string())?.session;
        let proof = proofs(&store, std::slice::from_ref(&artifact))?.pop().flatten();
        let tags = store.tags()?;
        let size = size_of(&store, &artifact);
        let (code, refused) = code_of(&store, &artifact);
        if self.json {
            let mut row = row_of(&artifact, proof, &tags);
            row["saved_as"] = json!(artifact.saved_as);
            row["script"] = json!(script_of(&session));
            row["bytes"] = json!(size);
            row["fingerprint"] = json!(artifact.fingerprint);
            row["code"] = json!(code);
            row["refused"] = json!(refused);
            say_json(&row);
            return Ok(0);
        }
        let fact = |key: &str, value: &str| say_line!("{key:<10} {}", shown::name(value));
        fact("name", &artifact.name);
        fact("version", &artifact.version.to_string());
        let tags: Vec<&str> = tags_of(&artifact, &tags).collect();
        if !tags.is_empty() {
            fact("tags", &tags.join(", "));
        }
        if artifact.saved_as != artifact.name {
            fact("saved as", &artifact.saved_as);
        }
        fact("type", &artifact.type_name);
        fact("saved", &format!("{} UTC", moment(artifact.created)));
        fact("script", script_of(&session));
        fact("session", &artifact.session.to_string());
        fact("value", &size.map_or("not kept".to_owned(), |size| format!("{size} bytes")));
        fact("proven", &proof.map_or("no".to_owned(), |proof| format!("{} UTC", moment(proof))));
        match (code, refused) {
            (Some(code), _) => {
                say_line!("");
                say_code(&code);
            }
            (None, Some(reason)) => say_line!("code       {reason}"),
            (None, None) => {}
        }
        Ok(0)
    }

    pub(super) fn history(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let artifact = artifact_of(&store, &self.name)?;
        let versions = versions_of(&store, &artifact.name)?;
        let mut changes = vec![None];
        for pair in versions.windows(2) {
            changes.push(Some(Comparison::of(&store, &pair[0], &pair[1])?));
        }
        let tags = store.tags()?;
        let rows: Vec<(&Artifact, Option<&Comparison>)> =
            versions.iter().zip(changes.iter().map(Option::as_ref)).collect();
        if self.json {
            let proofs = proofs(&store, &versions)?;
            let rows: Vec<Value> = rows
                .iter()
                .zip(proofs)
                .map(|((artifact, change), proof)| {
                    let mut row = row_of(artifact, proof, &tags);
                    row["equal"] = json!(change.and_then(|change| change.equal));
                    row["changed"] = json!(change.map(words));
                    row
                })
                .collect();
            say_json(&json!(rows));
            return Ok(0);
        }
        let columns =
            [Right("VERSION"), Left("SAVED (UTC)"), Left("VALUE"), Left("CHANGED"), Left("TAGS")];
        let mut listing = Listing::new(&columns);
        for (artifact, change) in rows {
            let value = match change.map(|change| change.equal) {
                None => "-",
                Some(Some(true)) => "the same",
                Some(Some(false)) => "another",
                Some(None) => "not comparable",
            };
            let changed = change.map(|change| words(change).join(", ")).unwrap_or_default();
            let tags: Vec<&str> = tags_of(artifact, &tags).collect();
            listing.add(&[
                &artifact.version.to_string(),
                &moment(artifact.created),
                value,
                if changed.is_empty() { "-" } else { &changed },
                &tags.join(", "),
            ]);
        }
        listing.print();
        Ok(0)
    }
}

/// How many bytes the value takes; `None` where it is not kept.
fn size_of(store: &Store, artifact: &Artifact) -> Option<u64> {
    let address: ValueAddress = artifact.value.as_deref()?.parse().ok()?;
    store.copy_value(address, &mut std::io::sink()).ok()
}

/// The code of an artifact, or why none is given.
fn code_of(store: &Store, artifact: &Artifact) -> (Option<String>, Option<String>) {
    let found = match NamedValue::of_artifact(store, artifact.clone()) {
        Ok(found) => found,
        Err(error) => return (None, Some(error.to_string())),
    };
    match found.slice(store) {
        Ok(sliced) => match found.refusal(&sliced) {
            None => (Some(sliced.code), None),
            Some(reason) => (None, Some(format!("refused: {reason}"))),
        },
        Err(error) => (None, Some(error.to_string())),
    }
}

/// What differs, in words.
fn words(change: &Comparison) -> Vec<&'static str> {
    change.aspects.iter().map(Aspect::word).collect()
}
