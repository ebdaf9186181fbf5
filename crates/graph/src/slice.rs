//! Slice: what is left of a program when only some nodes matter.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Graph, Node, NodeId, Role};

/// A set of a graph's nodes. It takes room for the nodes that it holds, however large the graph is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// In program order.
    kept: Vec<NodeId>,
}

impl Slice {
    /// Some nodes, in any order and none of them twice.
    pub(crate) fn of(ids: impl IntoIterator<Item = NodeId>) -> Self {
        let mut kept: Vec<NodeId> = ids.into_iter().collect();
        kept.sort_unstable();
        Self { kept }
    }

    /// Whether a node is kept.
    pub fn contains(&self, id: NodeId) -> bool {
        self.kept.binary_search(&id).is_ok()
    }

    /// The nodes that are kept, in program order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        self.kept.iter().copied()
    }

    /// How many nodes are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether no node is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

impl Graph {
    /// The sinks and all that they need: data, mutations, globals, control dependences and the
    /// branches that were not taken (a backward slice, Weiser 1981; of this run, as in Agrawal
    /// and Horgan 1990). Sinks that are not in the graph are passed over.
    pub fn slice(&self, sinks: impl IntoIterator<Item = NodeId>) -> Slice {
        self.slice_with(sinks, &FxHashMap::default())
    }

    /// As [`slice`](Self::slice), but that some nodes stand for others, which only those need that do not need their
    /// values: because they ran, or for a state.
    pub fn slice_with(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        stand_ins: &FxHashMap<NodeId, NodeId>,
    ) -> Slice {
        let sinks: Vec<NodeId> =
            sinks.into_iter().filter(|&sink| self.get(sink).is_some()).collect();
        let (mut kept, mut open) = (FxHashSet::default(), sinks);
        while let Some(id) = open.pop() {
            if kept.insert(id) {
                self.visit_needs(id, &mut |role, input| {
                    open.push(stood_for(stand_ins, role, input));
                });
            }
        }
        Slice::of(kept)
    }

    /// As [`slice`](Self::slice), but as if some nodes had done nothing that others need of them for a reason of
    /// which `is_idle` is told. Who needs a state that such a node left behind needs it as the node found it.
    pub fn slice_past(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        stand_ins: &FxHashMap<NodeId, NodeId>,
        mut is_idle: impl FnMut(&Node, Role, NodeId) -> bool,
    ) -> Slice {
        let (mut kept, mut passed) = (FxHashSet::default(), FxHashSet::default());
        let mut open: Vec<(NodeId, bool)> = sinks.into_iter().map(|sink| (sink, true)).collect();
        while let Some((id, is_needed)) = open.pop() {
            let Some(node) = self.get(id) else { continue };
            let known = if is_needed { &mut kept } else { &mut passed };
            if !known.insert(id) {
                continue;
            }
            self.visit_needs(id, &mut |role, input| {
                if !is_needed && role != Role::Implicit {
                    return;
                }
                let input = stood_for(stand_ins, role, input);
                match is_idle(node, role, input) {
                    false => open.push((input, true)),
                    true if role == Role::Implicit => open.push((input, false)),
                    true => {}
                }
            });
        }
        Slice::of(kept)
    }
}

/// What is needed in the place of a node.
fn stood_for(stand_ins: &FxHashMap<NodeId, NodeId>, role: Role, input: NodeId) -> NodeId {
    match role {
        Role::Implicit => input,
        _ => stand_ins.get(&input).copied().unwrap_or(input),
    }
}
