//! Executor: runs nodes and keeps what came of them.

use std::collections::BTreeMap;

use clew_effects::{Catalog, Depth, LastWriters, StateKey};
use clew_graph::{
    Argument, BlockKind, Call, Callee, ExecutionId, Graph, Mutate, Node, NodeId, NodeKind,
    Operator, Session, Slice, Source, SourceId, Timestamp,
};
use rustc_hash::FxHashMap;

use crate::error::Stop;
use crate::handlers::{Run, dispatch};
use crate::state::looked_up_state;
use crate::{
    Event, ExecuteError, Host, HostError, NodeChange, Outcome, SideEffect, Target, ValueId,
};

/// Runs nodes, and keeps what came of them: values, times, and the latest versions of the outside
/// world.
///
/// It is plain data. The host is passed to each method that needs one, so that a host may live as
/// short as one statement does.
pub struct Executor {
    catalog: Catalog,
    execution: Option<ExecutionId>,
    module_file: Option<String>,
    sources: BTreeMap<SourceId, Source>,
    listener: Option<Listener>,
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
    versions: LastWriters,
    // The latest node of each mutable object that the host holds for us.
    identities: FxHashMap<u64, NodeId>,
    // How many records and bindings hold a value.
    holders: FxHashMap<ValueId, u32>,
    // Values that nobody holds and that the host is still to be told of.
    unheld: Vec<ValueId>,
}

type Listener = Box<dyn FnMut(&Event) + Send>;

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

impl Executor {
    /// An executor that nothing has run in, and that asks these annotations.
    pub fn new(catalog: Catalog) -> Self {
        Self {
            catalog,
            execution: None,
            module_file: None,
            sources: BTreeMap::new(),
            listener: None,
            records: Vec::new(),
            bound_selves: FxHashMap::default(),
            bindings: FxHashMap::default(),
            handles: FxHashMap::default(),
            states: FxHashMap::default(),
            versions: LastWriters::default(),
            identities: FxHashMap::default(),
            holders: FxHashMap::default(),
            unheld: Vec::new(),
        }
    }

    /// The execution that nodes run in; the context tells it to the host.
    pub fn set_execution(&mut self, execution: ExecutionId) {
        self.execution = Some(execution);
    }

    /// The value of `__file__`.
    pub fn set_module_file(&mut self, path: impl Into<String>) {
        self.module_file = Some(path.into());
    }

    /// Adds a text that nodes' spans point into.
    pub fn add_source(&mut self, source: Source) {
        self.sources.insert(source.id, source);
    }

    /// From now on calls `listener` with everything that happens.
    pub fn on_event(&mut self, listener: impl FnMut(&Event) + Send + 'static) {
        self.listener = Some(Box::new(listener));
    }

    /// Asks other annotations from now on.
    pub fn reload_annotations(&mut self, catalog: Catalog) {
        self.catalog = catalog;
    }

    /// Runs a node and tells what it did beyond giving a value.
    ///
    /// `variables` are the program's variables and the nodes whose values they have. They are
    /// passed when a node runs for the first time and it is not yet known which of them it reads;
    /// afterwards the node knows.
    ///
    /// # Errors
    /// When the user's code raises, when a node that this one needs has no value, and when the
    /// host fails. Only after the first is the node recorded.
    pub fn execute_node(
        &mut self,
        host: &mut dyn Host,
        node: &Node,
        variables: Option<&BTreeMap<String, NodeId>>,
    ) -> Result<Vec<SideEffect>, ExecuteError> {
        tracing::debug!(node.id = %node.id, node.kind = node.kind.word(), "node starts");
        if !is_unexecuted(node) {
            self.tell(|| Event::Started(node.id));
        }
        let start = host.now();
        let run = &mut Run { executor: self, host, node, variables };
        let outcome = match dispatch(run) {
            Ok(outcome) => outcome,
            // It raised before there was anything to time: a name that is not there, a star on
            // something that cannot be iterated over.
            Err(Stop::Host(HostError::Raised(raised))) => {
                Outcome { value: Err(raised), ..Outcome::new(start, host.now()) }
            }
            Err(Stop::Host(source)) => return Err(ExecuteError::Host { node: node.id, source }),
            Err(Stop::Execute(error)) => return Err(error),
        };
        if let Ok(Some(value)) = outcome.value
            && host.is_mutable(value)
        {
            self.identities.insert(host.identity(value), node.id);
        }
        let raised = outcome.value.as_ref().err().cloned();
        let side_effects = self.observe(node, outcome);
        self.let_go(host);
        match raised {
            None => Ok(side_effects),
            Some(raised) => Err(ExecuteError::Raised { node: node.id, raised, side_effects }),
        }
    }

    /// Takes in what came of a node that ran elsewhere, and tells what it did beyond giving a
    /// value. This is the second half of [`Self::execute_node`], for interpreters that have run
    /// the user's code by themselves.
    pub fn observe(&mut self, node: &Node, outcome: Outcome) -> Vec<SideEffect> {
        let Outcome { start, end, value, state, accessed, shared, changes } = outcome;
        let (value, raised) = match value {
            Ok(value) => (value, None),
            Err(raised) => (None, Some(raised)),
        };
        self.forget_record(node.id);
        self.inherit(node);

        let mut side_effects = Vec::new();
        if !accessed.read.is_empty() || !accessed.written.is_empty() {
            side_effects.push(SideEffect::AccessedGlobals {
                read: accessed.read,
                written: accessed.written.iter().map(|(name, _)| name.clone()).collect(),
            });
        }
        for (_, value) in &accessed.written {
            self.hold(*value);
        }
        if !accessed.written.is_empty() {
            self.bindings.insert(node.id, Bindings { values: accessed.written, shared });
        }
        if let Some(value) = value {
            self.hold(value);
        }
        let index = node.id.index() as usize;
        if self.records.len() <= index {
            self.records.resize_with(index + 1, || None);
        }
        self.records[index] = Some(Record { value, start, end });

        for change in changes {
            self.take_in(node.id, change, &mut side_effects);
        }
        self.take_in_state(node, state, &mut side_effects);

        self.tell(|| {
            let id = node.id;
            let side_effects = side_effects.clone();
            match raised {
                None if is_unexecuted(node) => Event::Skipped(id),
                None => Event::Finished { node: id, side_effects },
                Some(raised) => Event::Raised { node: id, raised, side_effects },
            }
        });
        side_effects
    }

    /// Runs a whole graph in visit order, in the session's working directory. The directory is
    /// left again, also after an error.
    ///
    /// # Errors
    /// At the first node that cannot be run to its end; what ran before keeps its value. Also when
    /// a directory cannot be entered.
    pub fn execute_graph(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        session: &Session,
    ) -> Result<(), ExecuteError> {
        self.execute_where(host, graph, session, &|_| true)
    }

    /// Runs the steps of a graph that a slice keeps, like [`Self::execute_graph`].
    ///
    /// # Errors
    /// As [`Self::execute_graph`].
    pub fn execute_slice(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        slice: &Slice,
        session: &Session,
    ) -> Result<(), ExecuteError> {
        self.execute_where(host, graph, session, &|node| slice.contains(node))
    }

    /// The value of a node that ran, until it is forgotten.
    pub fn value(&self, node: NodeId) -> Option<ValueId> {
        self.record(node)?.value
    }

    /// When a node began to run and when it had run.
    pub fn execution_time(&self, node: NodeId) -> Option<(Timestamp, Timestamp)> {
        self.record(node).map(|record| (record.start, record.end))
    }

    /// The node that is the latest version of an external state, if the state was met.
    pub fn lookup_external_state(&self, key: &StateKey) -> Option<NodeId> {
        self.versions.latest(key)
    }

    /// The latest versions of all that overlaps an external state, in program order: what a step
    /// that reads the state depends on.
    pub fn overlapping_states(&self, key: &StateKey) -> Vec<NodeId> {
        self.versions.read(key)
    }

    /// The node of what a bound method's node was taken from.
    pub fn bound_self(&self, node: NodeId) -> Option<NodeId> {
        self.bound_selves.get(&node).copied()
    }

    /// Lets go of a node's value and of those of the variables that it bound. Its times stay.
    pub fn forget(&mut self, host: &mut dyn Host, node: NodeId) {
        if let Some(value) = self.value(node)
            && let identity = host.identity(value)
            && self.identities.get(&identity) == Some(&node)
        {
            self.identities.remove(&identity);
        }
        let times = self.execution_time(node);
        self.forget_record(node);
        if let Some((start, end)) = times {
            self.records[node.index() as usize] = Some(Record { value: None, start, end });
        }
        self.let_go(host);
    }
}

/// What handlers ask.
impl Executor {
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
impl Executor {
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
            NodeKind::Mutate(mutate) => mutate.source,
            _ => return,
        };
        if let Some(&receiver) = self.bound_selves.get(&same) {
            self.bound_selves.insert(node.id, receiver);
        }
        if let Some(handles) = self.handles.get(&same) {
            self.handles.insert(node.id, handles.clone());
        }
    }

    fn take_in(&mut self, node: NodeId, change: NodeChange, side_effects: &mut Vec<SideEffect>) {
        match change {
            NodeChange::Mutates { node: changed, depth } => {
                add(side_effects, SideEffect::Mutated { target: Target::Node(changed), depth });
                for resource in self.handles(changed).to_vec() {
                    self.take_in_write(node, resource, side_effects);
                }
            }
            NodeChange::Consumes(consumed) => {
                let target = Target::Node(consumed);
                add(side_effects, SideEffect::Mutated { target, depth: Depth::Shallow });
                for resource in self.handles(consumed).to_vec() {
                    self.take_in_read(node, resource, side_effects);
                }
            }
            NodeChange::Views(nodes) => {
                self.share_handles(&nodes);
                add(side_effects, SideEffect::Views(nodes));
            }
            NodeChange::Handle { node: handle, resource } => {
                let handles = self.handles.entry(handle).or_default();
                if !handles.contains(&resource) {
                    handles.push(resource);
                }
            }
            NodeChange::Reads(resource) => self.take_in_read(node, resource, side_effects),
            NodeChange::Writes(resource) => self.take_in_write(node, resource, side_effects),
        }
    }

    fn take_in_read(&self, node: NodeId, resource: StateKey, side_effects: &mut Vec<SideEffect>) {
        for version in self.versions.read(&resource) {
            depend(node, version, side_effects);
        }
        if self.versions.latest(&resource).is_none() {
            add(side_effects, SideEffect::ImplicitDependency(Target::State(resource)));
        }
    }

    fn take_in_write(&self, node: NodeId, resource: StateKey, side_effects: &mut Vec<SideEffect>) {
        // A file is written into the folder that was made for it.
        for version in self.versions.wider(&resource) {
            depend(node, version, side_effects);
        }
        let target = match self.versions.latest(&resource) {
            Some(version) => Target::Node(version),
            None => Target::State(resource),
        };
        add(side_effects, SideEffect::Mutated { target, depth: Depth::Deep });
    }

    /// A node that stands for an external state is its first version, or depends on the latest.
    /// A mutation is the next version; its source is the one before, so it needs no dependency.
    fn take_in_state(
        &mut self,
        node: &Node,
        state: Option<StateKey>,
        side_effects: &mut Vec<SideEffect>,
    ) {
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
            depend(node.id, version, side_effects);
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

    fn let_go(&mut self, host: &mut dyn Host) {
        for value in std::mem::take(&mut self.unheld) {
            // The same value may have come back meanwhile.
            if !self.holders.contains_key(&value) {
                host.forget(value);
            }
        }
    }
}

/// How a graph is run.
impl Executor {
    fn execute_where(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        session: &Session,
        wanted: &dyn Fn(NodeId) -> bool,
    ) -> Result<(), ExecuteError> {
        let inside = session.working_directory.as_str();
        let failed = |path: &str| {
            let path = path.to_owned();
            |source| ExecuteError::WorkingDirectory { path, source }
        };
        let before = host.working_directory().map_err(failed("."))?;
        host.set_working_directory(inside).map_err(failed(inside))?;
        let result = self.execute_in_order(host, graph, wanted);
        let restored = host.set_working_directory(&before).map_err(failed(&before));
        result.and(restored)
    }

    fn execute_in_order(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        wanted: &dyn Fn(NodeId) -> bool,
    ) -> Result<(), ExecuteError> {
        let mut result = Ok(());
        for node in graph.visit_order().filter_map(|id| graph.get(id)) {
            if result.is_ok() && wanted(node.id) {
                result = self.execute_node(host, node, None).map(drop);
            } else {
                self.tell(|| Event::Skipped(node.id));
            }
        }
        result
    }

    fn tell(&mut self, event: impl FnOnce() -> Event) {
        if let Some(listener) = &mut self.listener {
            listener(&event());
        }
    }
}

/// Whether a node is a branch that the program did not take.
fn is_unexecuted(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Block(block) if block.kind == BlockKind::Unexecuted)
}

fn first_operand(call: &Call) -> Option<(Operator, NodeId)> {
    match (call.function, call.positional.first()) {
        (Callee::Operator(operator), Some(&Argument { node, starred: false })) => {
            Some((operator, node))
        }
        _ => None,
    }
}

fn depend(node: NodeId, version: NodeId, side_effects: &mut Vec<SideEffect>) {
    // A graph that runs again meets versions of its own future.
    if version < node {
        add(side_effects, SideEffect::ImplicitDependency(Target::Node(version)));
    }
}

fn add(side_effects: &mut Vec<SideEffect>, side_effect: SideEffect) {
    if !side_effects.contains(&side_effect) {
        side_effects.push(side_effect);
    }
}
