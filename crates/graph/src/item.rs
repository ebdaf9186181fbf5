//! Item: which nodes a node needs that reads or sets one item or attribute of a value.
//!
//! A value whose items do not hang on each other, such as a dictionary or the columns of a frame, is needed without
//! the items that were set beside the one that is wanted. The same goes for attributes that an instance keeps itself.

use petgraph::Direction;

use crate::graph::visit_parents;
use crate::{
    Call, CallTarget, Cause, Graph, Literal, Mutate, Node, NodeId, NodeKind, Operator, Role,
};

/// What of a value a node reads or sets.
struct Used<'a> {
    holder: NodeId,
    /// The names of what it reads.
    names: Vec<&'a str>,
    member: Member,
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Item,
    Attribute,
}

impl Graph {
    /// Calls `visit` with all that a node needs and why: its parents, but where it reads or sets items by their
    /// names, of their holder only what says what these are.
    pub fn visit_needs(&self, id: NodeId, visit: &mut dyn FnMut(Role, NodeId)) {
        let Some(node) = self.get(id) else { return };
        if self.visit_earlier(node, visit) {
            return;
        }
        let Some(Used { holder, mut names, member }) = self.items_used(node) else {
            return visit_parents(node, visit);
        };
        let (mut at, mut setters) = (holder, Vec::new());
        while let Some((mutate, name, _)) = self.item_set(at).filter(|set| set.2 == member) {
            let before = names.len();
            names.retain(|wanted| *wanted != name);
            if names.len() < before {
                setters.push(mutate.call);
            }
            at = mutate.source;
        }
        // An attribute that nobody set may be worked out from others.
        if at == holder || member == Member::Attribute && !names.is_empty() {
            return visit_parents(node, visit);
        }
        let mut found = false;
        visit_parents(node, &mut |role, parent| {
            if parent != holder || found {
                return visit(role, parent);
            }
            found = true;
            setters.iter().for_each(|&setter| visit(Role::Call, setter));
            visit(role, at);
        });
    }

    /// Whether a node is a value of which one item or attribute was set last, and nothing else changed by that.
    pub fn is_item_set(&self, id: NodeId) -> bool {
        self.item_set(id).is_some()
    }

    /// What a node reads or sets of a value by its name; `None` where it does not, or may do more with the value.
    fn items_used<'a>(&'a self, node: &'a Node) -> Option<Used<'a>> {
        let NodeKind::Call(call) = &node.kind else { return None };
        let CallTarget::Operator(operator) = call.function else { return None };
        let (holder, rest) = call.positional.split_first()?;
        let once = rest.iter().all(|other| other.node != holder.node)
            && call.global_reads.iter().all(|read| read.node != holder.node);
        if !once {
            return None;
        }
        let holder = holder.node;
        let used = |names, member| Some(Used { holder, names, member });
        match (operator, rest) {
            (Operator::GetItem, [key]) => used(self.names(key.node)?, Member::Item),
            (Operator::SetItem, [key, _]) => {
                self.name(key.node)?;
                used(Vec::new(), Member::Item)
            }
            (Operator::GetAttribute, [name]) => match self.name(name.node)? {
                "groupby" => used(self.names_of_groups(node.id)?, Member::Item),
                name => used(vec![name], Member::Attribute),
            },
            // Who sets it may be code of the value's own.
            (Operator::SetAttribute, [..]) => {
                (self.member_set(node.id)? == Member::Attribute).then_some(())?;
                used(Vec::new(), Member::Attribute)
            }
            (_, [key, _]) if operator.is_in_place() => {
                used(vec![self.name(key.node)?], self.member_set(node.id)?)
            }
            _ => None,
        }
    }

    /// What a node sets of a value, where it changes nothing else.
    fn member_set(&self, id: NodeId) -> Option<Member> {
        let mut changes = self.neighbours(id, Direction::Outgoing);
        changes.find_map(|change| {
            self.item_set(change)
                .filter(|(mutate, ..)| mutate.call == id)
                .map(|(.., member)| member)
        })
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

    /// For a value of which one item or attribute was set and nothing else changed: that change, the name of what was
    /// set, and which of the two that is.
    fn item_set(&self, id: NodeId) -> Option<(&Mutate, &str, Member)> {
        let NodeKind::Mutate(mutate) = &self.get(id)?.kind else { return None };
        let (member, setter) = match mutate.cause.as_ref()?.by.as_str() {
            Cause::ITEM => (Member::Item, Operator::SetItem),
            Cause::ATTRIBUTE => (Member::Attribute, Operator::SetAttribute),
            _ => return None,
        };
        let NodeKind::Call(call) = &self.get(mutate.call)?.kind else { return None };
        let CallTarget::Operator(operator) = call.function else { return None };
        match call.positional[..] {
            [_, key, _] if operator == setter || operator.is_in_place() => {
                Some((mutate, self.name(key.node)?, member))
            }
            _ => None,
        }
    }
}
