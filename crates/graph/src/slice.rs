//! Slice: what is left of a program when only some steps matter.

use crate::{Graph, NodeId};

/// A set of a graph's steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    kept: Vec<bool>,
}

impl Slice {
    /// No step of a graph of `len` steps.
    pub(crate) fn none(len: usize) -> Self {
        Self { kept: vec![false; len] }
    }

    /// Adds a step; whether it was not there before.
    pub(crate) fn insert(&mut self, id: NodeId) -> bool {
        match self.kept.get_mut(id.index() as usize) {
            Some(kept) => !std::mem::replace(kept, true),
            None => false,
        }
    }

    /// Whether a step is kept.
    pub fn contains(&self, id: NodeId) -> bool {
        self.kept.get(id.index() as usize).copied().unwrap_or(false)
    }

    /// The steps that are kept, in program order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        (0..self.kept.len() as u32).map(NodeId::new).filter(|&id| self.contains(id))
    }

    /// How many steps are kept.
    pub fn len(&self) -> usize {
        self.kept.iter().filter(|&&kept| kept).count()
    }

    /// Whether no step is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Graph {
    /// The sinks and all that they need: data, mutations, globals, control dependences and the
    /// branches that were not taken (a backward slice, Weiser 1981; of this run, as in Agrawal
    /// and Horgan 1990). Sinks that are not in the graph are passed over.
    pub fn slice(&self, sinks: impl IntoIterator<Item = NodeId>) -> Slice {
        let sinks: Vec<NodeId> = sinks.into_iter().collect();
        let mut slice = self.ancestors(sinks.iter().copied());
        for sink in sinks {
            slice.insert(sink);
        }
        slice
    }
}
