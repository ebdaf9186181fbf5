//! Item: which nodes a node needs that reads or sets one item of a value.
//!
//! A value whose items do not hang on each other, such as a dictionary or the columns of a frame, is needed without
//! the items that were set beside the one that is wanted.

use petgraph::Direction;

use crate::graph::visit_parents;
use crate::{
    Call, CallTarget, Cause, Graph, Literal, Mutate, Node, NodeId, NodeKind, Operator, Role,
};

impl Graph {
    /// Calls `visit` with all that a node needs and why: its parents, but where it reads or sets items by their
    /// names, of their holder only what says what these are.
    pub fn visit_needs(&self, id: NodeId, visit: &mut dyn FnMut(Role, NodeId)) {
        let Some(node) = self.get(id) else { return };
        let holder = self.items_used(node).filter(|&(holder, _)| self.item_set(holder).is_some());
        let Some((holder, mut names)) = holder else { return visit_parents(node, visit) };
        let mut found = false;
        visit_parents(node, &mut |role, parent| {
            if parent != holder || found {
                return visit(role, parent);
            }
            found = true;
            let mut at = holder;
            while let Some((mutate, name)) = self.item_set(at) {
                let before = names.len();
                names.retain(|wanted| *wanted != name);
                if names.len() < before {
                    visit(Role::Call, mutate.call);
                }
                at = mutate.source;
            }
            visit(role, at);
        });
    }

    /// Whether a node is a value of which one item was set last, and nothing else changed by that.
    pub fn is_item_set(&self, id: NodeId) -> bool {
        self.item_set(id).is_some()
    }

    /// The value of which a node reads or sets items, and the names of those that it reads; `None` where it does
    /// not, or may do more with the value.
    fn items_used<'a>(&'a self, node: &'a Node) -> Option<(NodeId, Vec<&'a str>)> {
        let NodeKind::Call(call) = &node.kind else { return None };
        let CallTarget::Operator(operator) = call.function else { return None };
        let (holder, rest) = call.positional.split_first()?;
        let once = rest.iter().all(|other| other.node != holder.node)
            && call.global_reads.iter().all(|read| read.node != holder.node);
        if !once {
            return None;
        }
        match (operator, rest) {
            (Operator::GetItem, [key]) => Some((holder.node, self.names(key.node)?)),
            (Operator::SetItem, [key, _]) => self.name(key.node).map(|_| (holder.node, Vec::new())),
            (Operator::GetAttribute, [name]) if self.name(name.node) == Some("groupby") => {
                Some((holder.node, self.names_of_groups(node.id)?))
            }
            // It may as well be an attribute that is set.
            (_, [key, _]) if operator.is_in_place() => {
                let mut changes = self.neighbours(node.id, Direction::Outgoing);
                let sets_item = changes
                    .any(|id| self.item_set(id).is_some_and(|(mutate, _)| mutate.call == node.id));
                Some((holder.node, vec![self.name(key.node).filter(|_| sets_item)?]))
            }
            _ => None,
        }
    }

    /// The names of the columns by which a frame is put into groups and of those that are taken of these, for the
    /// method of the frame that is called for it: `df.groupby("k")["v"]`. `None` where it may be more.
    fn names_of_groups(&self, method: NodeId) -> Option<Vec<&str>> {
        let mut calls = self.neighbours(method, Direction::Outgoing);
        let (call, None) = (self.get(calls.next()?)?, calls.next()) else { return None };
        let NodeKind::Call(Call { function, positional, keyword, .. }) = &call.kind else {
            return None;
        };
        let ([by], true) = (&positional[..], *function == CallTarget::Node(method)) else {
            return None;
        };
        let is_option =
            |name: &str| matches!(name, "as_index" | "dropna" | "group_keys" | "observed" | "sort");
        if by.starred || !keyword.iter().all(|it| it.name.as_deref().is_some_and(is_option)) {
            return None;
        }
        let mut names = self.names(by.node)?;
        let mut taken = self.neighbours(call.id, Direction::Outgoing).peekable();
        taken.peek()?;
        for id in taken {
            let taken = self.get(id)?;
            let NodeKind::Call(Call { function, positional, .. }) = &taken.kind else {
                return None;
            };
            // Whatever else stands for the groups may be asked for all of them.
            let follows = taken.span?.start == call.span?.start;
            match positional[..] {
                [groups, key]
                    if follows
                        && groups.node == call.id
                        && *function == CallTarget::Operator(Operator::GetItem) =>
                {
                    names.extend(self.names(key.node)?);
                }
                _ => return None,
            }
        }
        Some(names)
    }

    /// The names of the items that a key stands for: a text, or a list of such.
    fn names(&self, key: NodeId) -> Option<Vec<&str>> {
        if let Some(name) = self.name(key) {
            return Some(vec![name]);
        }
        let NodeKind::Call(Call { function, positional, .. }) = &self.get(key)?.kind else {
            return None;
        };
        if *function != CallTarget::Operator(Operator::List) {
            return None;
        }
        positional.iter().map(|item| self.name(item.node).filter(|_| !item.starred)).collect()
    }

    fn name(&self, key: NodeId) -> Option<&str> {
        match &self.get(key)?.kind {
            NodeKind::Literal(Literal::Str(name)) => Some(name),
            _ => None,
        }
    }

    /// For a value of which one item was set and nothing else changed: that change, and the item's name.
    fn item_set(&self, id: NodeId) -> Option<(&Mutate, &str)> {
        let NodeKind::Mutate(mutate) = &self.get(id)?.kind else { return None };
        mutate.cause.as_ref().filter(|cause| cause.by == Cause::ITEM)?;
        let NodeKind::Call(call) = &self.get(mutate.call)?.kind else { return None };
        let CallTarget::Operator(operator) = call.function else { return None };
        match call.positional[..] {
            [_, key, _] if operator == Operator::SetItem || operator.is_in_place() => {
                Some((mutate, self.name(key.node)?))
            }
            _ => None,
        }
    }
}
