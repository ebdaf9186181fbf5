//! Step: a statement at module level that ran, as what can be run again.

use serde::{Deserialize, Serialize};

use crate::{NodeId, Role, Span};

/// A statement at module level that ran, with all that stands in it: what is run again and explained.
///
/// Nodes say why something is needed, steps what is done about it: a comparison, an f-string or a loop is
/// many nodes or one, and one step. The nodes of a function that was [followed](crate::BlockKind::Call)
/// belong to the step that called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where its statement stands.
    pub span: Span,
    /// What is run: the statement, or what is kept of it.
    pub text: String,
    /// Of each line of the text, which one that is of the source, counted from 1.
    pub lines: Vec<u32>,
    /// Whether it begins its source, where a text alone is the module's docstring.
    pub is_first: bool,
    /// The nodes that belong to it, in program order; there are none of what only the compiler heeds.
    pub nodes: Vec<NodeId>,
    /// Whether the nodes say all that the text says, so that they can be run in its place.
    #[serde(default)]
    pub is_said_by_nodes: bool,
    /// What it needs of earlier steps and of the world, each once.
    pub needs: Vec<StepInput>,
    /// The variables that it may bind or change, each with the node whose value it then has, where one is known.
    pub variables: Vec<StepVariable>,
}

/// What a step needs that it does not make itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepInput {
    /// The node of another step, or of none.
    pub node: NodeId,
    /// Why.
    pub role: Role,
    /// The variable that it is read from, or the external state that it is read by.
    pub name: Option<String>,
    /// The step that it belongs to, as a place among those of the session.
    pub step: Option<u32>,
}

/// A variable that a step may bind or change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepVariable {
    /// Its name.
    pub name: String,
    /// The node whose value it then has.
    pub node: Option<NodeId>,
}

impl Step {
    /// The node by which others speak of the step: its last one.
    pub fn root(&self) -> Option<NodeId> {
        self.nodes.last().copied()
    }

    /// The line of the source that it begins on.
    pub fn line(&self) -> u32 {
        self.lines.first().copied().unwrap_or(1)
    }
}
