//! No lineage: why no code is known for an artifact.

use clew_graph::Artifact;
use clew_store::Store;

/// Why no code is known for an artifact, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoLineage(String);

impl NoLineage {
    /// Why an artifact has no lineage, as the notes of its session say it.
    pub fn of(store: &Store, artifact: &Artifact) -> Self {
        let notes = store.notes(artifact.session).unwrap_or_default();
        let begins = Self::note(artifact, "");
        let noted = notes.iter().find_map(|note| note.strip_prefix(&begins));
        Self(noted.map_or_else(
            || "it was saved outside of `clew run`, or when its recording had ended".to_owned(),
            str::to_owned,
        ))
    }

    /// What a session's notes keep of an artifact that has no lineage.
    pub fn note(artifact: &Artifact, reason: &str) -> String {
        format!("no lineage of {}@{}: {reason}", artifact.saved_as, artifact.version)
    }
}

impl std::fmt::Display for NoLineage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}
