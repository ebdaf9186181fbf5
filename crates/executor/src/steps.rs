//! Steps: statements of a module run again, by their nodes where these say all of it, and else by their text.

use std::ops::ControlFlow;

use clew_graph::{Graph, Node, NodeId, NodeKind, Role, Step, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::executor::Executor;
use crate::{Accessed, Context, Event, ExecuteError, Host, HostError, SideEffect};

/// What of a graph is run in the place of a step's text.
struct ByNodes<'g> {
    /// Look-ups of earlier steps, which are run anew.
    names: Vec<&'g Node>,
    nodes: Vec<&'g Node>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug)]
pub struct StepEnd {
    /// Its place among those that are run.
    pub place: usize,
    /// Whether it ran by its nodes, and not by its text.
    pub by_nodes: bool,
    /// Whether it raised, or could not be run.
    pub has_failed: bool,
}

impl Executor {
    /// Runs a step in the host's main module by its text; returns what it did beyond giving values. The variables that
    /// it bound or changed are from then on the values of their nodes, and what they were before is let go of.
    ///
    /// # Errors
    /// When the user's code raises, and when the host fails. The step is recorded all the same: what it bound
    /// before it raised stays bound.
    pub fn execute_step(
        &mut self,
        host: &mut dyn Host,
        step: &Step,
    ) -> Result<Vec<SideEffect>, ExecuteError> {
        let node = step.root();
        tracing::debug!(?node, "step starts");
        self.emit_of(node, Event::Started);
        // Errors and contexts name a node; of a step without any, none that there is.
        let root = node.unwrap_or(NodeId::new(u32::MAX));
        let execution = self.memory.execution();
        // It runs in the main module, whose variables are the host's own.
        host.open_context(&Context { node: root, execution, globals: &[] });
        let start = host.now();
        let result = host.step(step);
        let end = host.now();
        let Accessed { read, written } = host.close_context();
        self.memory.take_in_step(step, (start, end), &written);
        for variable in &step.variables {
            let value = written.iter().find(|(name, _)| *name == variable.name);
            let value = value.map(|&(_, value)| value).or_else(|| host.global(&variable.name));
            if let (Some(node), Some(value)) = (variable.node, value) {
                self.memory.take_in_variable(&variable.name, node, value, (start, end));
            }
        }
        self.memory.let_go(host);
        let written: Vec<String> = written.into_iter().map(|(name, _)| name).collect();
        let side_effects = match read.is_empty() && written.is_empty() {
            true => Vec::new(),
            false => vec![SideEffect::AccessedGlobals { read, written }],
        };
        let shown = side_effects.clone();
        match result {
            Ok(()) => {
                self.emit_of(node, |node| Event::Finished { node, side_effects: shown });
                Ok(side_effects)
            }
            Err(HostError::Raised(raised)) => {
                let told = raised.clone();
                self.emit_of(node, |node| Event::Raised {
                    node,
                    raised: told,
                    side_effects: shown,
                });
                Err(ExecuteError::Raised { node: root, raised, side_effects })
            }
            Err(source) => Err(ExecuteError::Host { node: root, source }),
        }
    }

    /// Runs a step by its nodes, and binds its variables to their values; by its text where its nodes do not say all of
    /// it, or need a value that is not kept, as of a part of a step that ran by its text.
    ///
    /// # Errors
    /// As [`Self::execute_step`].
    pub fn execute_step_of(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        step: &Step,
    ) -> Result<Vec<SideEffect>, ExecuteError> {
        match self.by_nodes(host, graph, step) {
            Some(plan) => self.execute_by_nodes(host, step, &plan),
            None => self.execute_step(host, step),
        }
    }

    /// When a step began to run and when it had run.
    pub fn step_time(&self, step: &Step) -> Option<(Timestamp, Timestamp)> {
        let times = step.nodes.iter().filter_map(|&node| self.execution_time(node));
        times.reduce(|(start, end), (other, later)| (start.min(other), end.max(later)))
    }

    /// Runs steps of a graph in their order, as [`Self::execute_step_of`], and tells of each whose end has come, also by an
    /// error, until it is told to stop. Values that no later step needs are let go of, but for those of variables.
    ///
    /// # Errors
    /// As [`Self::execute_step`], at the first step that cannot be run to its end.
    pub fn execute_steps(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        steps: &[Step],
        ended: &mut dyn FnMut(&Self, StepEnd) -> ControlFlow<()>,
    ) -> Result<(), ExecuteError> {
        self.execute_wanted(host, graph, steps, &|_| true, ended)
    }

    /// Runs those steps that were [added](Self::add_steps) of whose nodes some are wanted, or that have none.
    pub(crate) fn execute_in_steps(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        wanted: &dyn Fn(NodeId) -> bool,
    ) -> Result<(), ExecuteError> {
        let is_wanted =
            |step: &Step| step.nodes.is_empty() || step.nodes.iter().any(|&node| wanted(node));
        let steps = std::mem::take(&mut self.steps);
        let result = self
            .execute_wanted(host, graph, &steps, &is_wanted, &mut |_, _| ControlFlow::Continue(()));
        self.steps = steps;
        result
    }

    fn execute_wanted(
        &mut self,
        host: &mut dyn Host,
        graph: &Graph,
        steps: &[Step],
        is_wanted: &dyn Fn(&Step) -> bool,
        ended: &mut dyn FnMut(&Self, StepEnd) -> ControlFlow<()>,
    ) -> Result<(), ExecuteError> {
        let mut unneeded = last_needed(graph, steps, is_wanted);
        let by_text = |step: &Step| !is_said_by_nodes_of(graph, step);
        let by_text: Vec<&Step> =
            steps.iter().filter(|step| is_wanted(step) && by_text(step)).collect();
        host.prepare(&by_text);
        let (mut result, mut is_over) = (Ok(()), false);
        for (place, step) in steps.iter().enumerate() {
            if is_over || !is_wanted(step) {
                self.emit_of(step.root(), Event::Skipped);
                continue;
            }
            let plan = self.by_nodes(host, graph, step);
            result = match &plan {
                Some(plan) => self.execute_by_nodes(host, step, plan).map(drop),
                None => {
                    let ran = self.execute_step(host, step).map(drop);
                    for node in step.nodes.iter().filter_map(|&id| graph.get(id)) {
                        self.memory.take_in_recorded_states(node);
                    }
                    ran
                }
            };
            for node in unneeded.remove(&place).unwrap_or_default() {
                self.memory.forget_unbound(host, node);
            }
            self.memory.let_go(host);
            let (by_nodes, has_failed) = (plan.is_some(), result.is_err());
            let end = StepEnd { place, by_nodes, has_failed };
            is_over = ended(self, end).is_break() || result.is_err();
        }
        result
    }

    /// How a step is run by its nodes; nothing where they do not say all of it, a name is nobody's, or a value that they
    /// need is not kept.
    fn by_nodes<'g>(&self, host: &dyn Host, graph: &'g Graph, step: &Step) -> Option<ByNodes<'g>> {
        if !is_said_by_nodes_of(graph, step) {
            return None;
        }
        let nodes: Vec<&Node> = step.nodes.iter().filter_map(|&id| graph.get(id)).collect();
        let own: FxHashSet<NodeId> = nodes.iter().map(|node| node.id).collect();
        let (mut names, mut met): (Vec<&Node>, FxHashSet<(NodeId, bool)>) = Default::default();
        let mut is_there = true;
        for &node in &nodes {
            if let NodeKind::Lookup(lookup) = &node.kind {
                is_there &= host.is_defined(&lookup.name);
            }
            graph.visit_needs(node.id, &mut |role, id| {
                // What it reads as a global variable the module has.
                let is_value =
                    matches!(role, Role::Function | Role::Positional | Role::Keyword | Role::Test);
                if own.contains(&id) || !met.insert((id, is_value)) {
                    return;
                }
                match graph.get(id) {
                    Some(name)
                        if let NodeKind::Lookup(lookup) = &name.kind
                            && is_value =>
                    {
                        is_there &= host.is_defined(&lookup.name);
                        names.push(name);
                    }
                    _ if is_value => is_there &= self.memory.value(id).is_some(),
                    _ if matches!(role, Role::Call | Role::Source) => {
                        is_there &= self.memory.execution_time(id).is_some();
                    }
                    _ => {}
                }
            });
        }
        is_there.then_some(ByNodes { names, nodes })
    }

    fn execute_by_nodes(
        &mut self,
        host: &mut dyn Host,
        step: &Step,
        plan: &ByNodes<'_>,
    ) -> Result<Vec<SideEffect>, ExecuteError> {
        self.memory.has_variables = true;
        let result = self.execute_in_module(host, step, plan);
        self.memory.has_variables = false;
        self.memory.let_go(host);
        result
    }

    fn execute_in_module(
        &mut self,
        host: &mut dyn Host,
        step: &Step,
        plan: &ByNodes<'_>,
    ) -> Result<Vec<SideEffect>, ExecuteError> {
        let mut side_effects = Vec::new();
        for name in &plan.names {
            side_effects.extend(self.execute_node(host, name, None)?);
        }
        for node in &plan.nodes {
            self.memory.forget(host, node.id);
        }
        for node in &plan.nodes {
            side_effects.extend(self.execute_node(host, node, None)?);
            for variable in step.variables.iter().filter(|known| known.node == Some(node.id)) {
                self.bind(host, node, &variable.name)?;
            }
        }
        Ok(side_effects)
    }

    /// Has a variable be the value of a node that ran.
    fn bind(&mut self, host: &mut dyn Host, node: &Node, name: &str) -> Result<(), ExecuteError> {
        // Who changes a value binds nothing, and a global variable is bound by whoever was called.
        let is_there = matches!(node.kind, NodeKind::Mutate(_) | NodeKind::Global(_));
        let bound = match self.memory.value(node.id).filter(|_| !is_there) {
            Some(value) => {
                let bound = host.bind(name, value);
                self.memory.rebind(name);
                bound.map_err(|source| ExecuteError::Host { node: node.id, source })?
            }
            None => match host.global(name) {
                Some(value) => value,
                None => return Ok(()),
            },
        };
        if let Some(times) = self.memory.execution_time(node.id) {
            self.memory.take_in_variable(name, node.id, bound, times);
        }
        Ok(())
    }
}

/// Whether the nodes of a step say all of it, and are in the graph.
fn is_said_by_nodes_of(graph: &Graph, step: &Step) -> bool {
    step.is_said_by_nodes && step.nodes.iter().all(|&id| graph.get(id).is_some())
}

/// Of each step that is the last to need some nodes, by its place, which.
fn last_needed(
    graph: &Graph,
    steps: &[Step],
    is_wanted: &dyn Fn(&Step) -> bool,
) -> FxHashMap<usize, Vec<NodeId>> {
    let mut last: FxHashMap<NodeId, usize> = FxHashMap::default();
    for (place, step) in steps.iter().enumerate().filter(|(_, step)| is_wanted(step)) {
        for &node in &step.nodes {
            last.insert(node, place);
            graph.visit_needs(node, &mut |_, need| _ = last.insert(need, place));
        }
    }
    let mut by_place: FxHashMap<usize, Vec<NodeId>> = FxHashMap::default();
    for (node, place) in last {
        by_place.entry(place).or_default().push(node);
    }
    by_place
}
