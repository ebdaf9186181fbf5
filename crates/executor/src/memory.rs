//! Memory: what came of the nodes that ran.

use std::collections::BTreeMap;

use clew_effects::{Catalog, Confidence, Depth, LastWriters, StateKey};
use clew_graph::{
    Argument, Call, CallTarget, ExecutionId, Mutate, Node, NodeId, NodeKind, Operator, Source,
    SourceId, Step, Timestamp,
};
use rustc_hash::FxHashMap;

use crate::state::looked_up_state;
use crate::{Affected, ExecuteError, Host, NodeChange, NodeOutcome, SideEffect, ValueId};

/// What came of the nodes that ran, and what they run with: handlers read it, and outcomes are taken
/// into it.
pub(crate) struct Memory {
    pub(crate) catalog: Catalog,
    pub(crate) execution: Option<ExecutionId>,
    pub(crate) module_file: Option<String>,
    pub(crate) sources: BTreeMap<SourceId, Source>,
    // Indexed by node; `None` for nodes that have not run.
    records: Vec<Option<Record>>,
    // What a bound method's node was taken from.
    bound_selves: FxHashMap<NodeId, NodeId>,
    // The variables that a call or block bound.
    bindings: FxHashMap<NodeId, Bindings>,
    // The resources that a node's value stands for, such as an open file's path.
    handles: FxHashMap<NodeId, Vec<StateKey>>,
    // The nodes that are versions of an external state.
    states: FxHashMap<NodeId, StateKey>,
    pub(crate) versions: LastWriters,
    // The latest node of each mutable object that the host holds for us.
    pub(crate) identities: FxHashMap<u64, NodeId>,
    // The host's id of each variable of the main module, and the nodes whose value it is, as steps have left it.
    variables: FxHashMap<String, (ValueId, Vec<NodeId>)>,
    // The variables that each of these nodes is the value of.
    bound: FxHashMap<NodeId, Vec<String>>,
    // Whether the main module has the variables already that a node reads, as where steps run in order.
    pub(crate) has_variables: bool,
    // How many records and bindings hold a value.
    holders: FxHashMap<ValueId, u32>,
    // Values that nobody holds and that the host has not yet been asked to let go of.
    unheld: Vec<ValueId>,
}

#[derive(Debug)]
struct Record {
    value: Option<ValueId>,
    start: Timestamp,
    end: Timestamp,
}

#[derive(Debug)]
struct Bindings {
    values: Vec<(String, ValueId)>,
    shared: Vec<NodeId>,
}

impl Memory {
    /// A memory in which nothing has run, with the annotations to ask.
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self {
            catalog,
            execution: None,
            module_file: None,
            sources: BTreeMap::new(),
            records: Vec::new(),
            bound_selves: FxHashMap::default(),
            bindings: FxHashMap::default(),
            handles: FxHashMap::default(),
            states: FxHashMap::default(),
            versions: LastWriters::default(),
            identities: FxHashMap::default(),
            variables: FxHashMap::default(),
            bound: FxHashMap::default(),
            has_variables: false,
            holders: FxHashMap::default(),
            unheld: Vec::new(),
        }
    }

    /// The value of a node that ran, until it is forgotten.
    pub(crate) fn value(&self, node: NodeId) -> Option<ValueId> {
        self.record(node)?.value
    }

    /// When a node began to run and when it had run.
    pub(crate) fn execution_time(&self, node: NodeId) -> Option<(Timestamp, Timestamp)> {
        self.record(node).map(|record| (record.start, record.end))
    }

    /// The node of what a bound method's node was taken from.
    pub(crate) fn bound_self(&self, node: NodeId) -> Option<NodeId> {
        self.bound_selves.get(&node).copied()
    }
}

/// What handlers ask.
impl Memory {
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn execution(&self) -> Option<ExecutionId> {
        self.execution
    }

    pub(crate) fn module_file(&self) -> Option<&str> {
        self.module_file.as_deref()
    }

    /// The text that a node stands for.
    pub(crate) fn text(&self, node: &Node) -> Option<&str> {
        let span = node.span?;
        self.sources.get(&span.source)?.text.get(span.start as usize..span.end as usize)
    }

    pub(crate) fn required_value(
        &self,
        node: NodeId,
        input: NodeId,
    ) -> Result<ValueId, ExecuteError> {
        let record = self.record(input).ok_or(ExecuteError::NotRun { node, input })?;
        record.value.ok_or(ExecuteError::NoValue { node, input })
    }

    pub(crate) fn required_time(
        &self,
        node: NodeId,
        input: NodeId,
    ) -> Result<(Timestamp, Timestamp), ExecuteError> {
        self.execution_time(input).ok_or(ExecuteError::NotRun { node, input })
    }

    /// The value that a call or block bound a variable to, and the nodes that it may share state
    /// with.
    pub(crate) fn bound(&self, call: NodeId, name: &str) -> Option<(ValueId, &[NodeId])> {
        let bindings = self.bindings.get(&call)?;
        let (_, value) = bindings.values.iter().find(|(known, _)| known == name)?;
        Some((*value, &bindings.shared))
    }

    /// The resources that a node's value stands for.
    pub(crate) fn handles(&self, node: NodeId) -> &[StateKey] {
        self.handles.get(&node).map_or(&[], Vec::as_slice)
    }

    /// The latest node of a mutable object.
    pub(crate) fn node_of(&self, identity: u64) -> Option<NodeId> {
        self.identities.get(&identity).copied()
    }

    fn record(&self, node: NodeId) -> Option<&Record> {
        self.records.get(node.index() as usize)?.as_ref()
    }
}

/// How the outcome of a node is taken in.
impl Memory {
    /// Takes in what came of a node, and says what it did beyond giving a value.
    pub(crate) fn take_in(&mut self, node: &Node, outcome: NodeOutcome) -> Vec<SideEffect> {
        let NodeOutcome { start, end, value, state, accessed, shared, changes, confidence } =
            outcome;
        let value = value.ok().flatten();
        self.forget_record(node.id);
        self.inherit(node);
        self.take_in_recorded_states(node);

        let mut done = Done { side_effects: Vec::new(), confidence };
        if !accessed.read.is_empty() || !accessed.written.is_empty() {
            done.side_effects.push(SideEffect::AccessedGlobals {
                read: accessed.read,
                written: accessed.written.iter().map(|(name, _)| name.clone()).collect(),
            });
        }
        for (name, value) in &accessed.written {
            self.rebind(name);
            self.hold(*value);
        }
        if !accessed.written.is_empty() {
            self.bindings.insert(node.id, Bindings { values: accessed.written, shared });
        }
        if let Some(value) = value {
            self.hold(value);
        }
        self.record_at(node.id, Record { value, start, end });
        for change in changes {
            self.take_in_change(node.id, change, &mut done);
        }
        // Which state a value stands for its kind says.
        done.confidence = Confidence::Annotated;
        self.take_in_state(node, state, &mut done);
        done.side_effects
    }

    /// Takes in what came of a step that ran by its text: its times, and the variables that it bound anew, whose
    /// values before are let go of.
    pub(crate) fn take_in_step(
        &mut self,
        step: &Step,
        (start, end): (Timestamp, Timestamp),
        written: &[(String, ValueId)],
    ) {
        for &id in &step.nodes {
            self.forget_record(id);
            self.record_at(id, Record { value: None, start, end });
        }
        for (name, _) in written {
            self.rebind(name);
        }
    }

    /// A variable of the main module has another value than before: the nodes whose value it was have none any more.
    pub(crate) fn rebind(&mut self, name: &str) {
        let Some((_, nodes)) = self.variables.remove(name) else { return };
        for before in nodes {
            let names = self.bound.entry(before).or_default();
            names.retain(|known| known != name);
            // Another variable may still be the same value.
            let other = names.first().and_then(|other| self.variables.get(other));
            match other.map(|&(value, _)| value).zip(self.execution_time(before)) {
                Some((value, (start, end))) => {
                    self.hold(value);
                    self.forget_record(before);
                    self.record_at(before, Record { value: Some(value), start, end });
                }
                None => {
                    self.bound.remove(&before);
                    self.forget_value(before);
                }
            }
        }
    }

    /// A variable of the main module is the value of a node. It may be that of others as well, which it was before it
    /// was changed.
    pub(crate) fn take_in_variable(
        &mut self,
        name: &str,
        node: NodeId,
        value: ValueId,
        (start, end): (Timestamp, Timestamp),
    ) {
        self.hold(value);
        self.forget_record(node);
        self.record_at(node, Record { value: Some(value), start, end });
        self.variables.entry(name.to_owned()).or_insert((value, Vec::new())).0 = value;
        self.note_bound(name, node);
    }

    fn note_bound(&mut self, name: &str, node: NodeId) {
        let names = self.bound.entry(node).or_default();
        if let Some((_, nodes)) = self.variables.get_mut(name)
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
            nodes.push(node);
        }
    }

    /// Lets go of a node's value unless it is that of a variable.
    pub(crate) fn forget_unbound(&mut self, host: &dyn Host, node: NodeId) {
        if !self.bound.contains_key(&node) {
            self.forget(host, node);
        }
    }

    fn record_at(&mut self, node: NodeId, record: Record) {
        let index = node.index() as usize;
        if self.records.len() <= index {
            self.records.resize_with(index + 1, || None);
        }
        self.records[index] = Some(record);
    }

    /// Lets go of a node's value and of those of the variables that it bound. Its times stay.
    pub(crate) fn forget(&mut self, host: &dyn Host, node: NodeId) {
        if let Some(value) = self.value(node)
            && let identity = host.identity(value)
            && self.identities.get(&identity) == Some(&node)
        {
            self.identities.remove(&identity);
        }
        self.forget_value(node);
    }

    fn forget_value(&mut self, node: NodeId) {
        let times = self.execution_time(node);
        self.forget_record(node);
        if let Some((start, end)) = times {
            self.record_at(node, Record { value: None, start, end });
        }
    }

    /// What follows from a node's kind alone: an attribute remembers what it was taken from, and
    /// what is the same value as another remembers what that remembers.
    fn inherit(&mut self, node: &Node) {
        let same = match &node.kind {
            NodeKind::Call(call) => {
                let Some((operator, operand)) = first_operand(call) else { return };
                match operator {
                    Operator::GetAttribute => {
                        self.bound_selves.insert(node.id, operand);
                        return;
                    }
                    Operator::Alias => operand,
                    _ => return,
                }
            }
            NodeKind::Mutate(mutate) => {
                for name in self.bound.get(&mutate.source).cloned().unwrap_or_default() {
                    self.note_bound(&name, node.id);
                }
                mutate.source
            }
            _ => return,
        };
        if let Some(&receiver) = self.bound_selves.get(&same) {
            self.bound_selves.insert(node.id, receiver);
        }
        if let Some(handles) = self.handles.get(&same) {
            self.handles.insert(node.id, handles.clone());
        }
    }

    fn take_in_change(&mut self, node: NodeId, change: NodeChange, done: &mut Done) {
        match change {
            NodeChange::Mutates { node: changed, depth } => {
                done.mutate(Affected::Node(changed), depth);
                for resource in self.handles(changed).to_vec() {
                    self.take_in_write(node, resource, done);
                }
            }
            NodeChange::Consumes(consumed) => {
                done.mutate(Affected::Node(consumed), Depth::Shallow);
                for resource in self.handles(consumed).to_vec() {
                    self.take_in_read(node, resource, done);
                }
            }
            NodeChange::Views(nodes) => {
                self.share_handles(&nodes);
                done.view(nodes);
            }
            NodeChange::Handle { node: handle, resource } => {
                let handles = self.handles.entry(handle).or_default();
                if !handles.contains(&resource) {
                    handles.push(resource);
                }
            }
            NodeChange::Reads(resource) => self.take_in_read(node, resource, done),
            NodeChange::Writes(resource) => self.take_in_write(node, resource, done),
        }
    }

    fn take_in_read(&self, node: NodeId, resource: StateKey, done: &mut Done) {
        for version in self.versions.read(&resource) {
            done.depend_on_version(node, version);
        }
        if self.versions.latest(&resource).is_none() {
            done.depend(Affected::State(resource));
        }
    }

    fn take_in_write(&self, node: NodeId, resource: StateKey, done: &mut Done) {
        // A file is written into the folder that was made for it.
        for version in self.versions.wider(&resource) {
            done.depend_on_version(node, version);
        }
        let target = match self.versions.latest(&resource) {
            Some(version) => Affected::Node(version),
            None => Affected::State(resource),
        };
        done.mutate(target, Depth::Deep);
    }

    /// What a graph says itself of the outside world: that a node was found to depend on the version of a state that
    /// another had left behind.
    pub(crate) fn take_in_recorded_states(&mut self, node: &Node) {
        for needed in node.kind.implicit_dependencies() {
            let Some(Ok(key)) = needed.state.as_ref().map(|state| state.parse()) else { continue };
            if self.versions.latest(&key).is_none_or(|latest| latest < needed.node) {
                self.states.insert(needed.node, StateKey::clone(&key));
                self.versions.supersede(key, needed.node);
            }
        }
    }

    /// A node that stands for an external state is its first version, or depends on the latest.
    /// A mutation is the next version; its source is the one before, so it needs no dependency.
    fn take_in_state(&mut self, node: &Node, state: Option<StateKey>, done: &mut Done) {
        if let NodeKind::Mutate(Mutate { source, .. }) = node.kind {
            let state = self.states.get(&source).cloned().or(state);
            if let Some(resource) = state {
                self.states.insert(node.id, resource.clone());
                self.versions.supersede(resource, node.id);
            }
            return;
        }
        let looked_up = match &node.kind {
            NodeKind::Lookup(lookup) => looked_up_state(lookup),
            _ => None,
        };
        let Some(resource) = looked_up.or(state) else { return };
        for version in self.versions.read(&resource) {
            done.depend_on_version(node.id, version);
        }
        if self.versions.latest(&resource).is_none() {
            self.versions.supersede(resource.clone(), node.id);
        }
        self.states.insert(node.id, resource);
    }

    fn share_handles(&mut self, nodes: &[NodeId]) {
        if self.handles.is_empty() {
            return;
        }
        let mut shared: Vec<StateKey> = Vec::new();
        for node in nodes {
            for resource in self.handles(*node) {
                if !shared.contains(resource) {
                    shared.push(resource.clone());
                }
            }
        }
        if !shared.is_empty() {
            for node in nodes {
                self.handles.insert(*node, shared.clone());
            }
        }
    }

    fn hold(&mut self, value: ValueId) {
        *self.holders.entry(value).or_default() += 1;
    }

    fn release(&mut self, value: ValueId) {
        if let Some(holders) = self.holders.get_mut(&value) {
            *holders -= 1;
            if *holders == 0 {
                self.holders.remove(&value);
                self.unheld.push(value);
            }
        }
    }

    fn forget_record(&mut self, node: NodeId) {
        let record = self.records.get_mut(node.index() as usize).and_then(Option::take);
        if let Some(value) = record.and_then(|record| record.value) {
            self.release(value);
        }
        if let Some(bindings) = self.bindings.remove(&node) {
            for (_, value) in bindings.values {
                self.release(value);
            }
        }
    }

    pub(crate) fn let_go(&mut self, host: &mut dyn Host) {
        for value in std::mem::take(&mut self.unheld) {
            // The same value may have come back meanwhile.
            if !self.holders.contains_key(&value) {
                host.forget(value);
            }
        }
    }
}

fn first_operand(call: &Call) -> Option<(Operator, NodeId)> {
    match (call.function, call.positional.first()) {
        (CallTarget::Operator(operator), Some(&Argument { node, starred: false })) => {
            Some((operator, node))
        }
        _ => None,
    }
}

/// What a node is found to have done, without repetition.
struct Done {
    side_effects: Vec<SideEffect>,
    /// How that is known.
    confidence: Confidence,
}

impl Done {
    fn mutate(&mut self, target: Affected, depth: Depth) {
        self.add(SideEffect::Mutated { target, depth, confidence: self.confidence });
    }

    fn view(&mut self, nodes: Vec<NodeId>) {
        self.add(SideEffect::Views { nodes, confidence: self.confidence });
    }

    fn depend(&mut self, target: Affected) {
        self.add(SideEffect::ImplicitDependency { target, confidence: self.confidence });
    }

    fn depend_on_version(&mut self, node: NodeId, version: NodeId) {
        // A graph that runs again meets versions of its own future.
        if version < node {
            self.depend(Affected::Node(version));
        }
    }

    fn add(&mut self, side_effect: SideEffect) {
        if !self.side_effects.contains(&side_effect) {
            self.side_effects.push(side_effect);
        }
    }
}
