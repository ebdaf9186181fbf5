//! State: which node is the latest version of which part of the outside world.

use std::collections::BTreeMap;

use clew_effects::{ExternalState, Key, Resource};
use clew_graph::{Lookup, NodeId};

/// The node that stands for an external state when it is first met.
///
/// Its name is no name in any program: the state's word in angle brackets, and after a space the
/// part of it, as in `<file_system /data/a.csv>`.
pub fn state_lookup(resource: &Resource) -> Lookup {
    let state = &resource.state;
    let name = match &resource.key {
        Some(Key::Name(name)) => format!("<{state} {name}>"),
        Some(Key::Place(_)) | None => format!("<{state}>"),
    };
    Lookup { name }
}

/// The external state that a lookup stands for, if it does.
pub fn looked_up_state(lookup: &Lookup) -> Option<Resource> {
    let inside = lookup.name.strip_prefix('<')?.strip_suffix('>')?;
    let (state, key) = match inside.split_once(' ') {
        Some((state, key)) => (state, Some(Key::Name(key.to_owned()))),
        None => (inside, None),
    };
    Some(Resource { state: state.parse().ok()?, key })
}

/// The latest version of each resource that was met.
///
/// Resources overlap: a state as a whole with each part of it, a folder with what is in it. What
/// depends on one depends on the latest versions of all that overlap it.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    latest: BTreeMap<Resource, NodeId>,
}

impl Versions {
    pub(crate) fn latest(&self, resource: &Resource) -> Option<NodeId> {
        self.latest.get(resource).copied()
    }

    pub(crate) fn insert(&mut self, resource: Resource, node: NodeId) {
        self.latest.insert(resource, node);
    }

    /// The latest versions of all that overlap a resource, itself included, in program order.
    pub(crate) fn overlapping(&self, resource: &Resource) -> Vec<NodeId> {
        let mut nodes = self.wider(resource);
        nodes.extend(self.latest(resource));
        nodes.extend(self.parts(resource));
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The latest versions of the parts of a resource. They stand next to each other in the map.
    fn parts(&self, resource: &Resource) -> Vec<NodeId> {
        let (first, folder) = match &resource.key {
            None => (resource.clone(), None),
            Some(Key::Name(name)) if resource.state == ExternalState::FileSystem => {
                let folder = if name.ends_with('/') { name.clone() } else { format!("{name}/") };
                (part(&resource.state, &folder), Some(folder))
            }
            Some(_) => return Vec::new(),
        };
        let is_part = |other: &Resource| {
            other.state == resource.state
                && match (&folder, &other.key) {
                    (None, _) => true,
                    (Some(folder), Some(Key::Name(name))) => name.starts_with(folder),
                    (Some(_), _) => false,
                }
        };
        let parts = self.latest.range(first..).take_while(|(other, _)| is_part(other));
        parts.map(|(_, &node)| node).collect()
    }

    /// The latest versions of what a resource is a part of, in program order.
    pub(crate) fn wider(&self, resource: &Resource) -> Vec<NodeId> {
        let Some(Key::Name(name)) = &resource.key else { return Vec::new() };
        let mut nodes: Vec<NodeId> =
            self.latest(&Resource::whole(resource.state.clone())).into_iter().collect();
        if resource.state == ExternalState::FileSystem {
            // The root keeps its separator.
            let folders = name.match_indices('/').map(|(at, _)| &name[..at.max(1)]);
            nodes.extend(
                folders
                    .filter(|&folder| folder != name)
                    .filter_map(|folder| self.latest(&part(&resource.state, folder))),
            );
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

fn part(state: &ExternalState, name: &str) -> Resource {
    Resource { state: state.clone(), key: Some(Key::Name(name.to_owned())) }
}

/// The same resource by name. A part that only a place of a call names is not known here, so it
/// could be any.
pub(crate) fn by_name(resource: Resource) -> Resource {
    match resource.key {
        Some(Key::Place(_)) => Resource::whole(resource.state),
        Some(Key::Name(_)) | None => resource,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> Resource {
        looked_up_state(&Lookup { name: text.to_owned() }).expect("the text names a state")
    }

    #[test]
    fn a_lookup_of_a_state_is_found_again() {
        for name in ["<db>", "<file_system /data/a b.csv>", "<module:matplotlib>", "<network a>b>"]
        {
            assert_eq!(state_lookup(&resource(name)).name, name);
        }
    }

    #[test]
    fn no_name_of_a_program_is_a_state() {
        for name in ["file_system", "db", "<lambda>", "<>", ""] {
            assert_eq!(looked_up_state(&Lookup { name: name.to_owned() }), None);
        }
    }

    #[test]
    fn what_overlaps_is_the_same_folder_state_or_file() {
        let all = [
            "<file_system>",
            "<file_system />",
            "<file_system /data>",
            "<file_system /data/a.csv>",
            "<file_system /data/raw/b.csv>",
            "<file_system /data.csv>",
            "<network http://a/b>",
            "<network http://a>",
        ];
        let mut versions = Versions::default();
        for (index, name) in all.iter().enumerate() {
            versions.insert(resource(name), NodeId::new(index as u32));
        }
        let named = |nodes: Vec<NodeId>| -> Vec<&str> {
            nodes.into_iter().map(|node| all[node.index() as usize]).collect()
        };
        let overlapping = |name| named(versions.overlapping(&resource(name)));
        assert_eq!(overlapping("<file_system>"), all[..6]);
        assert_eq!(overlapping("<file_system />"), all[..6]);
        assert_eq!(overlapping("<file_system /data>"), all[..5]);
        assert_eq!(overlapping("<file_system /data/a.csv>"), all[..4]);
        assert_eq!(overlapping("<file_system /data/raw>"), [all[0], all[1], all[2], all[4]]);
        assert_eq!(overlapping("<file_system /other>"), all[..2]);
        assert_eq!(overlapping("<network http://a>"), [all[7]]);
        assert_eq!(overlapping("<db>"), [""; 0]);
        assert_eq!(named(versions.wider(&resource("<file_system /data/a.csv>"))), all[..3]);
    }
}
