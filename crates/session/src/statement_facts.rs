//! Statement facts: what is known of the statements of a session besides their text: how long they took, and what they made.

use std::collections::BTreeMap;

use clew_graph::{NodeId, SessionId};
use clew_store::{Store, StoreError};

use crate::{Position, Slicer};

/// What is known of a statement that ran.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatementFacts {
    /// How long it took, all of its runs together, with what it called.
    pub seconds: Option<f64>,
    /// The values that it made and that are known by a name.
    pub made: Vec<MadeValue>,
}

/// A value that a statement made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeValue {
    /// The variable that it was bound to at the end; none where it was only saved.
    pub variable: Option<String>,
    /// Its type, as `module.qualname`.
    pub type_name: String,
    /// The artifact that it was saved as, as `NAME@VERSION`.
    pub artifact: Option<String>,
}

impl StatementFacts {
    /// What is known, a line each.
    pub fn lines(&self) -> Vec<String> {
        let made = self.made.iter().map(|made| {
            let name = made.variable.as_ref().map(|name| format!("`{name}`: "));
            let saved = made.artifact.as_ref().map(|artifact| format!(", saved as {artifact}"));
            format!("{}{}{}", name.unwrap_or_default(), made.type_name, saved.unwrap_or_default())
        });
        let took = self.seconds.map(|seconds| format!("took {}", duration(seconds)));
        took.into_iter().chain(made).collect()
    }
}

/// A time as people say it.
fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 0.000_95 => format!("{:.0} µs", seconds * 1e6),
        seconds if seconds < 0.95 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}

impl Slicer<'_> {
    /// What is known of the statements of a session, by where they stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts(
        &self,
        store: &Store,
        session: SessionId,
    ) -> Result<BTreeMap<Position, StatementFacts>, StoreError> {
        let mut facts: BTreeMap<Position, StatementFacts> = BTreeMap::new();
        // Those that came later are reruns.
        if let Some(first) = store.executions(session)?.first() {
            for value in store.node_values(first.id)? {
                let Some(position) = self.position_of(value.node) else { continue };
                let micros = value.end.0.saturating_sub(value.start.0).max(0);
                let took = std::time::Duration::from_micros(micros.unsigned_abs()).as_secs_f64();
                *facts.entry(position).or_default().seconds.get_or_insert(0.0) += took;
            }
        }
        let mut artifacts: BTreeMap<NodeId, (String, String)> = BTreeMap::new();
        for artifact in store.artifacts()?.into_iter().filter(|known| known.session == session) {
            if let Some(node) = artifact.node {
                let title = format!("{}@{}", artifact.name, artifact.version);
                artifacts.insert(node, (title, artifact.type_name));
            }
        }
        for variable in store.variables(session)? {
            let (Some(node), Some(type_name)) = (variable.node, variable.type_name) else {
                continue;
            };
            let artifact = artifacts.remove(&node).map(|(title, _)| title);
            if let Some(position) = self.position_of(node) {
                let made = MadeValue { variable: Some(variable.name), type_name, artifact };
                facts.entry(position).or_default().made.push(made);
            }
        }
        for (node, (title, type_name)) in artifacts {
            if let Some(position) = self.position_of(node) {
                let made = MadeValue { variable: None, type_name, artifact: Some(title) };
                facts.entry(position).or_default().made.push(made);
            }
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_told_in_a_line_each() {
        let made = |variable: Option<&str>, artifact: Option<&str>| MadeValue {
            variable: variable.map(str::to_owned),
            type_name: "builtins.list".to_owned(),
            artifact: artifact.map(str::to_owned),
        };
        let facts = StatementFacts {
            seconds: Some(0.25),
            made: vec![
                made(Some("a"), None),
                made(Some("b"), Some("b@1")),
                made(None, Some("c@0")),
            ],
        };
        assert_eq!(
            facts.lines().join("\n"),
            "took 250 ms\n`a`: builtins.list\n`b`: builtins.list, saved as b@1\nbuiltins.list, saved as c@0"
        );
    }

    #[test]
    fn times_have_the_unit_that_suits_them() {
        let said = [0.000_012, 0.0042, 1.25, 61.0].map(duration);
        assert_eq!(said, ["12 µs", "4 ms", "1.2 s", "61.0 s"]);
    }
}
