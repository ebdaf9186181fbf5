//! Version: which steps hold the present state of which value.

use clew_graph::NodeId;

/// Mutations and views as plain data, for graphs without a live heap behind them.
///
/// A value is known by its first node; each change gives it a newer one. Values that view each
/// other form groups, and groups only grow. Asking and joining take next to no time however many
/// values there are (union by size with path halving); a mutation takes time in proportion to the
/// nodes that it must tell about.
///
/// ```
/// use clew_effects::Versions;
/// use clew_graph::NodeId;
///
/// let [list, alias, after, alias_after] = [0, 1, 2, 3].map(NodeId::new);
/// let mut versions = Versions::new();
/// versions.view(&[list, alias]);
/// assert_eq!(versions.mutate(alias), [list, alias]);
/// versions.replaced(list, after);
/// versions.replaced(alias, alias_after);
/// assert_eq!(versions.latest(list), after);
/// assert_eq!(versions.mutate(after), [after, alias_after]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Versions {
    // Indexed by node. A node beyond the end is a value of its own that nothing happened to.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    // The value that the node is a version of, named by its first node.
    value: u32,
    // The rest is the value's, and holds at its first node only.
    latest: u32,
    // Union-find over values: the parent, and at a root the group's size.
    parent: u32,
    size: u32,
    // The values of a group form a ring, so that two groups join by exchanging two links.
    next: u32,
}

impl Versions {
    /// No mutations and no views yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The newest node of a value.
    pub fn latest(&self, node: NodeId) -> NodeId {
        match self.entries.get(index(node.index())) {
            None => node,
            Some(entry) => NodeId::new(self.entries[index(entry.value)].latest),
        }
    }

    /// From now on these nodes' values, and all that they viewed before, view each other.
    pub fn view(&mut self, nodes: &[NodeId]) {
        if let [first, others @ ..] = nodes {
            for &other in others {
                self.join(*first, other);
            }
        }
    }

    /// Whether a change of one is a change of the other.
    pub fn share(&mut self, left: NodeId, right: NodeId) -> bool {
        self.root_of(left) == self.root_of(right)
    }

    /// The newest nodes of a value and of all that view it, in program order. Each needs a
    /// mutate node, which [`Self::replaced`] then takes in.
    pub fn mutate(&mut self, node: NodeId) -> Vec<NodeId> {
        self.grow(node);
        let start = self.entries[index(node.index())].value;
        let mut latest = Vec::new();
        let mut value = start;
        loop {
            let entry = self.entries[index(value)];
            latest.push(NodeId::new(entry.latest));
            value = entry.next;
            if value == start {
                break;
            }
        }
        latest.sort_unstable();
        latest.dedup();
        latest
    }

    /// Makes `new` the newest node of the value that `old` is a node of. As nodes are only
    /// added, `new` is one that was not spoken of before; where it was, the two values are taken
    /// to view each other.
    pub fn replaced(&mut self, old: NodeId, new: NodeId) {
        self.grow(old);
        self.grow(new);
        let value = self.entries[index(old.index())].value;
        let entry = &mut self.entries[index(new.index())];
        let own = new.index();
        let untouched = entry.value == own && entry.latest == own && entry.next == own;
        if untouched {
            entry.value = value;
        } else {
            self.join(old, new);
        }
        self.entries[index(value)].latest = own;
    }

    fn join(&mut self, left: NodeId, right: NodeId) {
        let (mut large, mut small) = (self.root_of(left), self.root_of(right));
        if large == small {
            return;
        }
        if self.entries[index(large)].size < self.entries[index(small)].size {
            std::mem::swap(&mut large, &mut small);
        }
        self.entries[index(small)].parent = large;
        self.entries[index(large)].size += self.entries[index(small)].size;
        let next = self.entries[index(large)].next;
        self.entries[index(large)].next = self.entries[index(small)].next;
        self.entries[index(small)].next = next;
    }

    fn root_of(&mut self, node: NodeId) -> u32 {
        self.grow(node);
        let mut value = self.entries[index(node.index())].value;
        loop {
            let parent = self.entries[index(value)].parent;
            if parent == value {
                return value;
            }
            let grandparent = self.entries[index(parent)].parent;
            self.entries[index(value)].parent = grandparent;
            value = grandparent;
        }
    }

    fn grow(&mut self, node: NodeId) {
        let length = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.extend((length..=node.index()).map(|own| Entry {
            value: own,
            latest: own,
            parent: own,
            size: 1,
            next: own,
        }));
    }
}

fn index(id: u32) -> usize {
    id as usize
}
