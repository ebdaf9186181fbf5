//! Renewed: values of which a node needs an earlier state than the one that it finds, for what happened since is
//! nothing to it.
//!
//! A cursor of a database that executes anew forgets where it was, and what a cached property has computed is
//! nothing to who reads another attribute.

use petgraph::Direction;

use crate::graph::visit_parents;
use crate::{
    Block, BlockKind, Call, CallTarget, Cause, Confidence, Graph, Literal, Mutate, Node, NodeId,
    NodeKind, Operator, Role, Span,
};

/// What makes a cursor forget where it was.
const EXECUTE: &str = "execute";

impl Graph {
    /// Calls `visit` with the parents of a node and their roles; in the place of a value that it needs as it was
    /// before, with that. `false` where it needs all as it is.
    pub(crate) fn visit_earlier(&self, node: &Node, visit: &mut dyn FnMut(Role, NodeId)) -> bool {
        let earlier = match &node.kind {
            NodeKind::Call(call) => self.earlier_of_read(node, call),
            NodeKind::Mutate(mutate) => self.earlier_of_change(mutate),
            _ => None,
        };
        let Some((found, earlier)) = earlier else { return false };
        visit_parents(node, &mut |role, parent| {
            visit(role, if parent == found { earlier } else { parent });
        });
        true
    }

    /// For who reads an attribute: the value as it is found, and as it is needed.
    fn earlier_of_read(&self, node: &Node, call: &Call) -> Option<(NodeId, NodeId)> {
        let (holder, name) = self.attribute_read(call)?;
        if !call.global_reads.is_empty() {
            return None;
        }
        let earlier = match name {
            EXECUTE if self.executes(node, holder) => self.before(holder, &is_of_cursor),
            _ if self.is_plain_read(node) => self.before_cached(holder, name),
            _ => return None,
        };
        (earlier != holder).then_some((holder, earlier))
    }

    /// For a cursor that executed: what it was, and what of that is needed.
    fn earlier_of_change(&self, mutate: &Mutate) -> Option<(NodeId, NodeId)> {
        mutate.cause.as_ref().filter(|cause| is_of_cursor(cause))?;
        let reads = self.reads_within(mutate.source, mutate.call);
        if !reads.iter().any(|&(_, name)| name == EXECUTE) {
            return None;
        }
        let earlier = self.before(mutate.source, &is_of_cursor);
        (earlier != mutate.source).then_some((mutate.source, earlier))
    }

    /// Whether a method `execute` that is read of a value moves a cursor on, in the same statement.
    fn executes(&self, node: &Node, holder: NodeId) -> bool {
        let Some(span) = node.span else { return false };
        self.neighbours(holder, Direction::Outgoing).any(|id| {
            let Some(NodeKind::Mutate(mutate)) = self.get(id).map(|node| &node.kind) else {
                return false;
            };
            mutate.source == holder
                && mutate.cause.as_ref().is_some_and(is_of_cursor)
                && self.span_of(mutate.call).is_some_and(|all| all.contains(&span))
        })
    }

    /// The state of a value before changes that are put down to some causes.
    fn before(&self, value: NodeId, is_passed: &dyn Fn(&Cause) -> bool) -> NodeId {
        let mut at = value;
        while let Some(NodeKind::Mutate(mutate)) = self.get(at).map(|node| &node.kind)
            && mutate.cause.as_ref().is_some_and(is_passed)
        {
            at = mutate.source;
        }
        at
    }

    /// The state of a value before cached properties of other names were computed.
    fn before_cached(&self, value: NodeId, name: &str) -> NodeId {
        let mut at = value;
        while let Some(NodeKind::Mutate(mutate)) = self.get(at).map(|node| &node.kind)
            && mutate.cause.as_ref().is_some_and(|cause| cause.by == Cause::CACHED)
        {
            let reads = self.reads_within(mutate.source, mutate.call);
            if reads.is_empty() || reads.iter().any(|&(_, other)| other == name) {
                break;
            }
            at = mutate.source;
        }
        at
    }

    /// Whether nothing but an attribute is read: it is not called, and no function of the program runs for it.
    fn is_plain_read(&self, read: &Node) -> bool {
        let Some(span) = read.span else { return false };
        let runs = |call: &Call| {
            let mut needs = call.implicit_dependencies.iter();
            needs.any(|needed| match self.get(needed.node).map(|node| &node.kind) {
                Some(NodeKind::Block(Block { kind, .. })) => {
                    matches!(kind, BlockKind::Function | BlockKind::Class)
                }
                _ => false,
            })
        };
        let mut node = read;
        loop {
            let NodeKind::Call(call) = &node.kind else { return false };
            if runs(call) {
                return false;
            }
            // What it is an operand of.
            let mut users = self.neighbours(node.id, Direction::Outgoing);
            let user = users.find_map(|id| {
                let user = self.get(id)?;
                let around = user.span.is_some_and(|around| around.contains(&span));
                (around && matches!(user.kind, NodeKind::Call(_))).then_some(user)
            });
            let Some(user) = user else { return true };
            if matches!(&user.kind, NodeKind::Call(call) if call.function == CallTarget::Node(read.id))
            {
                return false;
            }
            node = user;
        }
    }

    /// The attributes of a value that are read within a node.
    fn reads_within(&self, value: NodeId, root: NodeId) -> Vec<(NodeId, &str)> {
        let Some(all) = self.span_of(root) else { return Vec::new() };
        let readers = self.neighbours(value, Direction::Outgoing);
        let found = readers.filter_map(|id| {
            let node =
                self.get(id).filter(|node| node.span.is_some_and(|own| all.contains(&own)))?;
            let NodeKind::Call(call) = &node.kind else { return None };
            self.attribute_read(call).filter(|&(holder, _)| holder == value)
        });
        found.collect()
    }

    /// The value of which a call reads an attribute, and the attribute's name.
    fn attribute_read(&self, call: &Call) -> Option<(NodeId, &str)> {
        let (CallTarget::Operator(Operator::GetAttribute), [holder, name]) =
            (&call.function, &call.positional[..])
        else {
            return None;
        };
        match &self.get(name.node)?.kind {
            NodeKind::Literal(Literal::Str(name)) => Some((holder.node, name)),
            _ => None,
        }
    }

    fn span_of(&self, id: NodeId) -> Option<Span> {
        self.get(id)?.span
    }
}

/// Whether a change is that of a cursor which moves on, as rules say.
fn is_of_cursor(cause: &Cause) -> bool {
    cause.confidence == Confidence::Annotated
        && (cause.by == "iteration" || cause.by.starts_with("Cursor."))
}
