//! Executor: runs nodes and keeps what came of them.

use std::collections::BTreeMap;

use clew_effects::{Catalog, StateKey};
use clew_graph::{
    BlockKind, ExecutionId, Graph, Node, NodeId, NodeKind, Session, Slice, Source, Step, Timestamp,
};

use crate::error::Stop;
use crate::handlers::dispatch;
use crate::memory::Memory;
use crate::run::Run;
use crate::{Event, ExecuteError, Host, HostError, NodeOutcome, SideEffect, ValueId};

/// Runs nodes, and keeps what came of them: values, times, and the latest versions of the outside
/// world.
///
/// It is plain data. The host is passed to each method that needs one, so that a host may live as
/// short as one statement does.
pub struct Executor {
    pub(crate) memory: Memory,
    pub(crate) steps: Vec<Step>,
    listener: Option<Listener>,
}

type Listener = Box<dyn FnMut(&Event) + Send>;

impl Executor {
    /// An executor that nothing has run in, and that asks these annotations.
    pub fn new(catalog: Catalog) -> Self {
        Self { memory: Memory::new(catalog), steps: Vec::new(), listener: None }
    }

    /// The execution that nodes run in; the context passes it to the host.
    pub fn set_execution(&mut self, execution: ExecutionId) {
        self.memory.execution = Some(execution);
    }

    /// The value of `__file__`.
    pub fn set_module_file(&mut self, path: impl Into<String>) {
        self.memory.module_file = Some(path.into());
    }

    /// Adds a text that nodes' spans point into.
    pub fn add_source(&mut self, source: Source) {
        self.memory.sources.insert(source.id, source);
    }

    /// Adds steps, in their order: graphs are run step by step from now on, so that what nodes do not say of a program
    /// is run by the text of its step.
    pub fn add_steps(&mut self, steps: impl IntoIterator<Item = Step>) {
        self.steps.extend(steps);
    }

    /// From now on calls `listener` with everything that happens.
    pub fn on_event(&mut self, listener: impl FnMut(&Event) + Send + 'static) {
        self.listener = Some(Box::new(listener));
    }

    /// Asks other annotations from now on.
    pub fn reload_annotations(&mut self, catalog: Catalog) {
        self.memory.catalog = catalog;
    }

    /// Runs a node; returns what it did beyond giving a value.
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
            self.emit(|| Event::Started(node.id));
        }
        host.begin(node);
        let start = host.now();
        let run = &mut Run { memory: &self.memory, host, node, variables };
        let outcome = match dispatch(run) {
            Ok(outcome) => outcome,
            // It raised before there was anything to time: a name that is not there, a star on
            // something that cannot be iterated over.
            Err(Stop::Host(HostError::Raised(raised))) => {
                NodeOutcome { value: Err(raised), ..NodeOutcome::new(start, host.now()) }
            }
            Err(Stop::Host(source)) => return Err(ExecuteError::Host { node: node.id, source }),
            Err(Stop::Execute(error)) => return Err(error),
        };
        if let Ok(Some(value)) = outcome.value
            && host.is_mutable(value)
        {
            self.memory.identities.insert(host.identity(value), node.id);
        }
        let raised = outcome.value.as_ref().err().cloned();
        let side_effects = self.take_in(node, outcome);
        self.memory.let_go(host);
        match raised {
            None => Ok(side_effects),
            Some(raised) => Err(ExecuteError::Raised { node: node.id, raised, side_effects }),
        }
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
        self.memory.value(node)
    }

    /// When a node began to run and when it had run.
    pub fn execution_time(&self, node: NodeId) -> Option<(Timestamp, Timestamp)> {
        self.memory.execution_time(node)
    }

    /// The node that is the latest version of an external state, if the state was met.
    pub fn lookup_external_state(&self, key: &StateKey) -> Option<NodeId> {
        self.memory.versions.latest(key)
    }

    /// The latest versions of all that overlaps an external state, in program order: what a step
    /// that reads the state depends on.
    pub fn overlapping_states(&self, key: &StateKey) -> Vec<NodeId> {
        self.memory.versions.read(key)
    }

    /// The node of what a bound method's node was taken from.
    pub fn bound_self(&self, node: NodeId) -> Option<NodeId> {
        self.memory.bound_self(node)
    }

    /// Lets go of a node's value and of those of the variables that it bound. Its times stay.
    pub fn forget(&mut self, host: &mut dyn Host, node: NodeId) {
        self.memory.forget(host, node);
        self.memory.let_go(host);
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
        self.in_folder(host, session, |executor, host| match executor.steps.is_empty() {
            true => executor.execute_in_order(host, graph, wanted),
            false => executor.execute_in_steps(host, graph, wanted),
        })
    }

    /// Takes in what came of a node that ran, and says what it did beyond giving a value.
    fn take_in(&mut self, node: &Node, outcome: NodeOutcome) -> Vec<SideEffect> {
        let raised = outcome.value.as_ref().err().cloned();
        let side_effects = self.memory.take_in(node, outcome);
        self.emit(|| {
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

    pub(crate) fn in_folder(
        &mut self,
        host: &mut dyn Host,
        session: &Session,
        run: impl FnOnce(&mut Self, &mut dyn Host) -> Result<(), ExecuteError>,
    ) -> Result<(), ExecuteError> {
        let inside = session.working_directory.as_str();
        let failed = |path: &str| {
            let path = path.to_owned();
            |source| ExecuteError::WorkingDirectory { path, source }
        };
        let before = host.working_directory().map_err(failed("."))?;
        host.set_working_directory(inside).map_err(failed(inside))?;
        let result = run(self, host);
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
                self.emit(|| Event::Skipped(node.id));
            }
        }
        result
    }

    pub(crate) fn emit_of(&mut self, node: Option<NodeId>, event: impl FnOnce(NodeId) -> Event) {
        if let Some(node) = node {
            self.emit(|| event(node));
        }
    }

    fn emit(&mut self, event: impl FnOnce() -> Event) {
        if let Some(listener) = &mut self.listener {
            listener(&event());
        }
    }
}

/// Whether a node is a branch that the program did not take.
fn is_unexecuted(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Block(block) if block.kind == BlockKind::Unexecuted)
}
