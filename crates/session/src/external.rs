//! External state: what lies outside the program's variables, and who changed it last.

use std::collections::BTreeMap;

use clew_graph::NodeId;

/// A part of the outside world: `file_system` and a path, `random` and nothing more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    /// Which state.
    pub state: String,
    /// Which part of it; `None` for all of it.
    pub part: Option<String>,
}

impl StateKey {
    /// All of a state.
    pub fn whole(state: impl Into<String>) -> Self {
        Self { state: state.into(), part: None }
    }

    /// A part of a state.
    pub fn part(state: impl Into<String>, part: impl Into<String>) -> Self {
        Self { state: state.into(), part: Some(part.into()) }
    }
}

/// Who changed each external state last.
///
/// A change of a part takes the place of earlier changes of that part. A change of who knows which
/// part takes no other's place, and whoever reads any part depends on it.
#[derive(Clone, Debug, Default)]
pub struct ExternalStates {
    states: BTreeMap<String, BTreeMap<Option<String>, Vec<NodeId>>>,
}

impl ExternalStates {
    /// The steps that a reader of the state depends on, in program order.
    pub fn read(&self, key: &StateKey) -> Vec<NodeId> {
        let Some(parts) = self.states.get(&key.state) else { return Vec::new() };
        let mut found: Vec<NodeId> = parts
            .iter()
            .filter(|(part, _)| match (part, &key.part) {
                (Some(written), Some(read)) => overlaps(written, read),
                _ => true,
            })
            .flat_map(|(_, nodes)| nodes.iter().copied())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Records that a step changed the state. Earlier changes stand beside it, unless it made them
    /// part of itself by reading the state as well (`read`), or replaced all that there was.
    pub fn write(&mut self, key: StateKey, node: NodeId, read: bool) {
        let parts = self.states.entry(key.state.clone()).or_default();
        if key.part.is_none() && (read || is_one_value(&key.state)) {
            parts.clear();
        }
        let nodes = parts.entry(key.part.clone()).or_default();
        if key.part.is_some() {
            nodes.clear();
        }
        if nodes.last() != Some(&node) {
            nodes.push(node);
        }
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

/// Whether a state is a single value, which a writer that does not read it replaces: the state of a
/// generator by its seed, the current directory.
fn is_one_value(state: &str) -> bool {
    matches!(state, "random" | "numpy_random" | "torch_random" | "cwd")
}

/// Whether two parts have something in common: they are the same, or one is a folder on the way to
/// the other.
fn overlaps(left: &str, right: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || outer.ends_with('/')
        })
    };
    within(left, right) || within(right, left)
}
