//! Inspect: what the annotations say of a call, told of nodes.

use clew_effects::{
    Change, Class, Confidence, Depth, Effects, Key, Place, Resource, StateKey, operator,
};
use clew_graph::{NodeId, Operator};

use crate::arguments::{Arguments, Facts, Passed};
use crate::{Callee, Executor, Host, NodeChange, QualifiedName, ReceiverClass, ValueId};

/// A call that has run, as far as its effects depend on it.
pub(crate) struct Inspected<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) executor: &'a Executor,
    /// The node that runs.
    pub(crate) node: NodeId,
    pub(crate) arguments: &'a Arguments,
    pub(crate) receiver: Option<Passed>,
    /// The global variables that it read.
    pub(crate) reads: Vec<Passed>,
    /// `None` where it raised.
    pub(crate) result: Option<ValueId>,
}

impl Inspected<'_> {
    /// What a call of a value did.
    pub(crate) fn call(&self, callee: &Callee) -> Vec<NodeChange> {
        let facts = self.facts();
        let effects = match callee {
            Callee::Function { names } => self.executor.catalog().function(&pairs(names), &facts),
            Callee::Method { classes, name, .. } => {
                self.executor.catalog().method(&borrowed(classes), name, &facts)
            }
            Callee::UnboundMethod { classes, name } => {
                self.executor.catalog().unbound_method(&borrowed(classes), name, &facts)
            }
            Callee::Class { classes } => {
                self.executor.catalog().constructor(&pairs(classes), &facts)
            }
            Callee::Unknown => None,
        };
        self.land(&effects.unwrap_or_else(Effects::assumed))
    }

    /// What an operator did.
    pub(crate) fn operator(&self, operator: Operator) -> Vec<NodeChange> {
        let classes = match (operator::method(operator), self.arguments.positional.first()) {
            (Some(method), Some(first)) => self.host.classes(first.value, method),
            _ => Vec::new(),
        };
        let catalog = self.executor.catalog();
        self.land(&catalog.operator(operator, &borrowed(&classes), &self.facts()))
    }

    /// What a statement did of which nothing more is known than what it read.
    pub(crate) fn statement(&self) -> Vec<NodeChange> {
        self.land(&Effects::assumed())
    }

    /// The nodes of everything mutable that took part, the result left out.
    pub(crate) fn reach(&self) -> Vec<NodeId> {
        let passed = self.arguments.all().chain(self.receiver).chain(self.reads.iter().copied());
        self.mutable(passed).map(|passed| passed.node).collect()
    }

    fn facts(&self) -> Facts<'_> {
        Facts { host: self.host, arguments: self.arguments }
    }

    fn land(&self, effects: &Effects) -> Vec<NodeChange> {
        let mut landed = Landed::default();
        for change in &effects.changes {
            match change {
                Change::Mutates { place, depth } => {
                    for passed in self.mutable(self.at(place)) {
                        landed.add(NodeChange::Mutates { node: passed.node, depth: *depth });
                    }
                }
                Change::Consumes(place) => {
                    for passed in self.at(place) {
                        if self.host.is_iterator(passed.value) {
                            landed.add(NodeChange::Consumes(passed.node));
                        }
                    }
                }
                Change::Views(places) => {
                    landed.add_views(self.mutable(places.iter().flat_map(|place| self.at(place))));
                }
                Change::Handle { place, resource } => {
                    for passed in self.at(place) {
                        for resource in self.named(resource) {
                            landed.add(NodeChange::Handle { node: passed.node, resource });
                        }
                    }
                }
                Change::Reads(resource) => {
                    for resource in self.named(resource) {
                        landed.add(NodeChange::Reads(resource));
                    }
                }
                Change::Writes(resource) => {
                    for resource in self.named(resource) {
                        landed.add(NodeChange::Writes(resource));
                    }
                }
            }
        }
        if effects.confidence >= Confidence::Assumed {
            // What changes its arguments for all that is known may as well change what it read.
            for passed in self.mutable(self.reads.iter().copied()) {
                landed.add(NodeChange::Mutates { node: passed.node, depth: Depth::Deep });
            }
            landed.add_views(self.mutable(self.reads.iter().copied().chain(self.result())));
        }
        self.add_identical(&mut landed);
        landed.changes
    }

    /// A result that is one of the values that took part is the same value, whatever rules say.
    fn add_identical(&self, landed: &mut Landed) {
        let Some(result) = self.result() else { return };
        if !self.host.is_mutable(result.value) {
            return;
        }
        let identity = self.host.identity(result.value);
        let same = self
            .arguments
            .all()
            .chain(self.receiver)
            .chain(self.reads.iter().copied())
            .filter(|passed| self.host.identity(passed.value) == identity);
        landed.add_views(std::iter::once(result).chain(same));
    }

    /// The values at a place. There may be none: a rule can speak of an argument that was left to
    /// its default.
    fn at(&self, place: &Place) -> Vec<Passed> {
        match place {
            Place::Receiver => self.receiver.into_iter().collect(),
            Place::Positional(index) => {
                self.arguments.positional.get(*index as usize).copied().into_iter().collect()
            }
            Place::Keyword(name) => self
                .arguments
                .keyword
                .iter()
                .filter(|(known, _)| known == name)
                .map(|(_, passed)| *passed)
                .collect(),
            Place::AllPositional => self.arguments.positional.clone(),
            Place::AllArguments => self.arguments.all().collect(),
            Place::Result => self.result().into_iter().collect(),
        }
    }

    fn result(&self) -> Option<Passed> {
        self.result.map(|value| Passed { node: self.node, value })
    }

    fn mutable(&self, passed: impl IntoIterator<Item = Passed>) -> impl Iterator<Item = Passed> {
        passed.into_iter().filter(|passed| self.host.is_mutable(passed.value))
    }

    /// The parts of a state that a call names: by what the value at the place stands for, by what
    /// the host makes of it; where neither is known, all of the state.
    fn named(&self, resource: &Resource) -> Vec<StateKey> {
        let Some(Key::Place(place)) = &resource.key else {
            return vec![resource.resolve(|_| None)];
        };
        let mut named = Vec::new();
        for passed in self.at(place) {
            let handled = self
                .executor
                .handles(passed.node)
                .iter()
                .filter(|handled| handled.state == resource.state);
            let before = named.len();
            named.extend(handled.cloned());
            if named.len() == before {
                named.push(
                    resource.resolve(|_| self.host.resource_key(&resource.state, passed.value)),
                );
            }
        }
        if named.is_empty() {
            named.push(StateKey::whole(resource.state.clone()));
        }
        named
    }
}

/// Changes without repetition.
#[derive(Default)]
struct Landed {
    changes: Vec<NodeChange>,
}

impl Landed {
    fn add(&mut self, change: NodeChange) {
        if let NodeChange::Mutates { node, depth } = &change {
            for known in &mut self.changes {
                if let NodeChange::Mutates { node: known, depth: known_depth } = known
                    && known == node
                {
                    *known_depth = (*known_depth).max(*depth);
                    return;
                }
            }
        }
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    fn add_views(&mut self, passed: impl Iterator<Item = Passed>) {
        let mut nodes: Vec<NodeId> = Vec::new();
        for Passed { node, .. } in passed {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        let known = self.changes.iter().any(|change| {
            matches!(change, NodeChange::Views(known) if nodes.iter().all(|node| known.contains(node)))
        });
        if nodes.len() > 1 && !known {
            self.changes.push(NodeChange::Views(nodes));
        }
    }
}

fn pairs(names: &[QualifiedName]) -> Vec<(&str, &str)> {
    names.iter().map(|name| (name.module.as_str(), name.name.as_str())).collect()
}

fn borrowed(classes: &[ReceiverClass]) -> Vec<Class<'_>> {
    classes
        .iter()
        .map(|ReceiverClass { class, has_method }| Class {
            module: &class.module,
            name: &class.name,
            has_method: *has_method,
        })
        .collect()
}
