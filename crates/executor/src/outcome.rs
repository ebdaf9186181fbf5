//! Outcome: what came of running a node.

use clew_effects::{Confidence, Depth, StateKey};
use clew_graph::{NodeId, Timestamp};

use crate::{Accessed, Raised, ValueId};

/// What came of running a node.
#[derive(Clone, Debug)]
pub(crate) struct NodeOutcome {
    /// When the node began to run.
    pub(crate) start: Timestamp,
    /// When it had run.
    pub(crate) end: Timestamp,
    /// Its value, where it has one that is kept; or what it raised.
    pub(crate) value: Result<Option<ValueId>, Raised>,
    /// The external state that the value stands for as a whole.
    pub(crate) state: Option<StateKey>,
    /// What it did with global variables.
    pub(crate) accessed: Accessed,
    /// The nodes whose values those of the variables that it bound may share state with.
    pub(crate) shared: Vec<NodeId>,
    /// What it changed, shared and depended on.
    pub(crate) changes: Vec<NodeChange>,
    /// How these are known.
    pub(crate) confidence: Confidence,
}

impl NodeOutcome {
    /// A node that ran between two moments and did nothing else that is noted here.
    pub(crate) fn new(start: Timestamp, end: Timestamp) -> Self {
        Self {
            start,
            end,
            value: Ok(None),
            state: None,
            accessed: Accessed::default(),
            shared: Vec::new(),
            changes: Vec::new(),
            // What follows from a node's kind is a rule.
            confidence: Confidence::Annotated,
        }
    }

    /// The same with a value.
    pub(crate) fn with_value(self, value: ValueId) -> Self {
        Self { value: Ok(Some(value)), ..self }
    }

    /// The same with one more change.
    pub(crate) fn with_change(mut self, change: NodeChange) -> Self {
        self.changes.push(change);
        self
    }
}

/// A [`Change`](clew_effects::Change) that has landed: on nodes, and on resources by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NodeChange {
    /// The value of a node changed.
    Mutates {
        /// Whose.
        node: NodeId,
        /// How far the change goes.
        depth: Depth,
    },
    /// The value of a node is an iterator that moved forward.
    Consumes(NodeId),
    /// A change of one of these nodes' values may be a change of the others.
    Views(Vec<NodeId>),
    /// A change of a node's value is a change of a resource.
    Handle {
        /// Whose value.
        node: NodeId,
        /// What it stands for.
        resource: StateKey,
    },
    /// It depends on a resource.
    Reads(StateKey),
    /// It changes a resource.
    Writes(StateKey),
}
