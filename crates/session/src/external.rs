//! External state: what lies outside the program's variables, and who changed it last.

use std::collections::BTreeMap;
use std::fmt;

use clew_graph::NodeId;

/// A part of the outside world: `file_system` and a path, `random` and nothing more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    /// Which state.
    pub state: String,
    /// Which part of it; `None` for all of it.
    pub part: Option<String>,
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.state)?;
        match &self.part {
            Some(part) => write!(f, " {part}"),
            None => Ok(()),
        }
    }
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

    /// Whether a change of the one may be a change of the other.
    pub fn meets(&self, other: &Self) -> bool {
        self.state == other.state
            && match (&self.part, &other.part) {
                (Some(part), Some(other)) => overlaps(part, other),
                _ => true,
            }
    }
}

/// Who changed each external state last.
///
/// A change of who knows which part may be a change of any, so whoever reads a part depends on it.
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

    /// Records that a step changed the state. Earlier changes stand beside it, unless it `replaces`
    /// them: by making all anew, or by depending on them itself.
    pub fn write(&mut self, key: StateKey, node: NodeId, replaces: bool) {
        let parts = self.states.entry(key.state).or_default();
        if key.part.is_none() && replaces {
            parts.clear();
        }
        let nodes = parts.entry(key.part).or_default();
        if replaces {
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

/// Whether two parts have something in common: they are the same, or one is a folder on the way to
/// the other.
fn overlaps(left: &str, right: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || outer.ends_with('/'))
    };
    within(left, right) || within(right, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(part: &str) -> StateKey {
        StateKey::part("file_system", part)
    }

    #[test]
    fn a_reader_depends_on_its_part_and_on_folders_around_it() {
        let mut states = ExternalStates::default();
        states.write(path("/data/a"), NodeId::new(1), false);
        states.write(path("/data/b"), NodeId::new(2), false);
        states.write(path("/database"), NodeId::new(3), false);
        assert_eq!(states.read(&path("/data/a")), [NodeId::new(1)]);
        assert_eq!(states.read(&path("/data")), [NodeId::new(1), NodeId::new(2)]);
    }

    #[test]
    fn who_makes_a_part_anew_takes_the_place_of_those_before() {
        let mut states = ExternalStates::default();
        states.write(path("/a"), NodeId::new(1), false);
        states.write(path("/a"), NodeId::new(2), false);
        assert_eq!(states.read(&path("/a")), [NodeId::new(1), NodeId::new(2)]);
        states.write(path("/a"), NodeId::new(3), true);
        assert_eq!(states.read(&path("/a")), [NodeId::new(3)]);
    }

    #[test]
    fn a_change_of_who_knows_which_part_is_one_of_any() {
        let mut states = ExternalStates::default();
        states.write(StateKey::whole("file_system"), NodeId::new(1), false);
        assert_eq!(states.read(&path("/a")), [NodeId::new(1)]);
        assert!(states.read(&StateKey::whole("db")).is_empty());
    }
}
