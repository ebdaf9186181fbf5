//! Inspect: what the annotations say of a call, as changes of nodes.

use clew_effects::{
    Class, Confidence, Depth, Effects, Key, Landing, Place, Resource, StateKey, operator,
};
use clew_graph::{NodeId, Operator};

use crate::arguments::{ArgumentValues, Facts};
use crate::memory::Memory;
use crate::run::PassedValue;
use crate::{CalleeNames, Host, NodeChange, QualifiedName, ReceiverClass, ValueId};

/// A call that has run, as far as its effects depend on it.
pub(crate) struct Inspected<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) memory: &'a Memory,
    /// The node that runs.
    pub(crate) node: NodeId,
    pub(crate) arguments: &'a ArgumentValues,
    pub(crate) receiver: Option<PassedValue>,
    /// The global variables that it read.
    pub(crate) reads: Vec<PassedValue>,
    /// `None` where it raised.
    pub(crate) result: Option<ValueId>,
}

impl Inspected<'_> {
    /// What a call of a value did, and how that is known.
    pub(crate) fn call(&self, callee: &CalleeNames) -> (Vec<NodeChange>, Confidence) {
        let facts = self.facts();
        let effects = match callee {
            CalleeNames::Function { names } => {
                self.memory.catalog().function(&pairs(names), &facts)
            }
            CalleeNames::Method { classes, name, .. } => {
                self.memory.catalog().method(&borrowed(classes), name, &facts)
            }
            CalleeNames::UnboundMethod { classes, name } => {
                self.memory.catalog().unbound_method(&borrowed(classes), name, &facts)
            }
            CalleeNames::Class { classes } => {
                self.memory.catalog().constructor(&pairs(classes), &facts)
            }
            CalleeNames::Unknown => None,
        };
        self.land(&effects.unwrap_or_else(Effects::assumed))
    }

    /// What an operator did.
    pub(crate) fn operator(&self, operator: Operator) -> (Vec<NodeChange>, Confidence) {
        let classes = match (operator::method(operator), self.arguments.positional.first()) {
            (Some(method), Some(first)) => self.host.classes(first.value, method),
            _ => Vec::new(),
        };
        let catalog = self.memory.catalog();
        self.land(&catalog.operator(operator, &borrowed(&classes), &self.facts()))
    }

    /// What a statement did of which nothing more is known than what it read.
    pub(crate) fn statement(&self) -> (Vec<NodeChange>, Confidence) {
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

    fn land(&self, effects: &Effects) -> (Vec<NodeChange>, Confidence) {
        let mut landed = Landed { call: self, changes: Vec::new() };
        effects.land(&mut landed);
        if effects.confidence >= Confidence::Assumed {
            // What changes its arguments for all that is known may as well change what it read.
            landed.mutate(self.reads.clone(), Depth::Deep);
            landed.add_views(self.reads.iter().copied().chain(self.passed_result()));
        }
        self.add_identical(&mut landed);
        (landed.changes, effects.confidence)
    }

    /// A result that is one of the values that took part is the same value, whatever rules say.
    fn add_identical(&self, landed: &mut Landed<'_>) {
        let Some(result) = self.passed_result() else { return };
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

    fn passed_result(&self) -> Option<PassedValue> {
        self.result.map(|value| PassedValue { node: self.node, value })
    }

    fn mutable(
        &self,
        passed: impl IntoIterator<Item = PassedValue>,
    ) -> impl Iterator<Item = PassedValue> {
        passed.into_iter().filter(|passed| self.host.is_mutable(passed.value))
    }
}

/// What a call did to nodes, without repetition.
struct Landed<'a> {
    call: &'a Inspected<'a>,
    changes: Vec<NodeChange>,
}

impl Landing for Landed<'_> {
    type Values = Vec<PassedValue>;

    fn receiver(&self) -> Vec<PassedValue> {
        self.call.receiver.into_iter().collect()
    }

    fn positional(&self, at: usize) -> Vec<PassedValue> {
        self.call.arguments.positional.get(at).copied().into_iter().collect()
    }

    fn keyword(&self, name: &str) -> Vec<PassedValue> {
        let keyword = self.call.arguments.keyword.iter().filter(|(known, _)| known == name);
        keyword.map(|(_, passed)| *passed).collect()
    }

    fn all_positional(&self) -> Vec<PassedValue> {
        self.call.arguments.positional.clone()
    }

    fn all_arguments(&self) -> Vec<PassedValue> {
        self.call.arguments.all().collect()
    }

    fn result(&self) -> Vec<PassedValue> {
        self.call.passed_result().into_iter().collect()
    }

    fn mutate(&mut self, values: Vec<PassedValue>, depth: Depth) {
        let call = self.call;
        for passed in call.mutable(values) {
            self.add(NodeChange::Mutates { node: passed.node, depth });
        }
    }

    fn consume(&mut self, values: Vec<PassedValue>) {
        for passed in values {
            if self.call.host.is_iterator(passed.value) {
                self.add(NodeChange::Consumes(passed.node));
            }
        }
    }

    fn view(&mut self, places: &[Place]) {
        let values: Vec<PassedValue> = places.iter().flat_map(|place| self.at(place)).collect();
        self.add_views(values);
    }

    fn handle(&mut self, place: &Place, resource: &Resource) {
        for passed in self.at(place) {
            for state in self.named(resource) {
                self.add(NodeChange::Handle { node: passed.node, resource: state });
            }
        }
    }

    fn read(&mut self, resource: &Resource) {
        for state in self.named(resource) {
            self.add(NodeChange::Reads(state));
        }
    }

    fn write(&mut self, resource: &Resource) {
        for state in self.named(resource) {
            self.add(NodeChange::Writes(state));
        }
    }
}

impl Landed<'_> {
    /// The parts of a state that a call names: by what the value at the place stands for, by what
    /// the host makes of it; where neither is known, all of the state.
    fn named(&self, resource: &Resource) -> Vec<StateKey> {
        let Some(Key::Place(place)) = &resource.key else {
            return vec![resource.resolve(|_| None)];
        };
        let mut named = Vec::new();
        for passed in self.at(place) {
            let handled = self
                .call
                .memory
                .handles(passed.node)
                .iter()
                .filter(|handled| handled.state == resource.state);
            let before = named.len();
            named.extend(handled.cloned());
            if named.len() == before {
                named.push(
                    resource
                        .resolve(|_| self.call.host.resource_key(&resource.state, passed.value)),
                );
            }
        }
        if named.is_empty() {
            named.push(StateKey::whole(resource.state.clone()));
        }
        named
    }

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

    fn add_views(&mut self, passed: impl IntoIterator<Item = PassedValue>) {
        let mut nodes: Vec<NodeId> = Vec::new();
        for PassedValue { node, .. } in self.call.mutable(passed) {
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
