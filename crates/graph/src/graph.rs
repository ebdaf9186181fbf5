//! Graph: how nodes join up.

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::{BlockKind, GraphError, NewNode, Node, NodeId, NodeKind, Role};

/// The nodes of one session.
///
/// Nodes are only added, and only after everything that they need. So there are no cycles, program
/// order is an order in which they can be run, and a [`NodeId`] is a position.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    // Edges point from what is needed to what needs it.
    edges: DiGraph<(), Role, u32>,
}

impl Graph {
    /// A graph without nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a node and gives it the next id.
    ///
    /// # Errors
    /// When it needs a node that is not in the graph; the graph is then unchanged.
    pub fn insert(&mut self, node: impl Into<NewNode>) -> Result<NodeId, GraphError> {
        let NewNode { span, control, kind } = node.into();
        let id = u32::try_from(self.nodes.len())
            .ok()
            .filter(|&id| id < u32::MAX)
            .map(NodeId::new)
            .ok_or(GraphError::Full(self.nodes.len()))?;
        let node = Node { id, span, control, kind };
        let mut missing = None;
        visit_parents(&node, &mut |_, parent| {
            if parent >= id && missing.is_none() {
                missing = Some(parent);
            }
        });
        if let Some(missing) = missing {
            return Err(GraphError::MissingInput { kind: node.kind.word(), node: id, missing });
        }
        let index = self.edges.add_node(());
        visit_parents(&node, &mut |role, parent| {
            self.edges.add_edge(NodeIndex::new(parent.index() as usize), index, role);
        });
        self.nodes.push(node);
        Ok(id)
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node with this id, if it is in the graph.
    pub fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index() as usize)
    }

    /// The node of all of the definition of a function that a node is, as it was changed since; `None` where it is
    /// something else.
    pub fn function_behind(&self, mut id: NodeId) -> Option<NodeId> {
        loop {
            match &self.get(id)?.kind {
                NodeKind::Mutate(mutate) => id = mutate.source,
                NodeKind::Block(block) if block.kind == BlockKind::Function => return Some(id),
                _ => return None,
            }
        }
    }

    /// Every node, in program order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Every id, in program order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..self.nodes.len() as u32).map(NodeId::new)
    }

    /// What a node needs and why, in the order in which the node names it; its control dependency
    /// comes last. One parent may come several times, in several roles.
    pub fn parents(&self, id: NodeId) -> Parents {
        let mut parents = Vec::new();
        if let Some(node) = self.get(id) {
            visit_parents(node, &mut |role, parent| parents.push((role, parent)));
        }
        parents.into_iter()
    }

    /// What needs a node and why, in program order.
    pub fn children(&self, id: NodeId) -> Parents {
        let mut children: Vec<(Role, NodeId)> = self
            .edges
            .edges_directed(index(id), Direction::Outgoing)
            .map(|edge| (*edge.weight(), NodeId::new(edge.target().index() as u32)))
            .collect();
        children.sort_by_key(|&(role, child)| (child, role));
        children.into_iter()
    }

    /// The ids next to a node in one direction, in no special order.
    pub(crate) fn neighbours(
        &self,
        id: NodeId,
        direction: Direction,
    ) -> impl Iterator<Item = NodeId> {
        self.edges
            .neighbors_directed(index(id), direction)
            .map(|other| NodeId::new(other.index() as u32))
    }
}

/// What a node needs or is needed by, with the reasons.
pub type Parents = std::vec::IntoIter<(Role, NodeId)>;

impl PartialEq for Graph {
    fn eq(&self, other: &Self) -> bool {
        // The edges follow from the nodes.
        self.nodes == other.nodes
    }
}

fn index(id: NodeId) -> NodeIndex<u32> {
    NodeIndex::new(id.index() as usize)
}

pub(crate) fn visit_parents(node: &Node, visit: &mut dyn FnMut(Role, NodeId)) {
    node.kind.visit_inputs(visit);
    if let Some(control) = node.control {
        visit(Role::Control, control);
    }
}
