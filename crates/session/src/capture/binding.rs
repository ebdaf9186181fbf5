//! Binding: which steps variables, changed values and external states are from now on.

use clew_graph::{BlockKind, Cause, Global, Mutate, NewNode, NodeId, NodeKind};
use clew_syntax::{Statement, Target, Template};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Capture, CaptureError};
use crate::Outcome;

impl Capture {
    /// Binds variables, marks changed values and states, and remembers definitions.
    pub(super) fn finish(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        root: NodeId,
    ) -> Result<(), CaptureError> {
        if !statement.whole.scopes.is_empty() || matches!(statement.template, Template::Block(_)) {
            let text = &mut self.sources[outcome.source.index() as usize];
            text.definitions.push((statement.range, root));
        }
        self.bind(outcome, statement, root)
    }

    /// Binds variables, and marks changed values and states.
    pub(super) fn bind(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        root: NodeId,
    ) -> Result<(), CaptureError> {
        let direct = match &statement.template {
            Template::Assign { targets, .. } => {
                targets.iter().all(|target| matches!(target, Target::Name { .. }))
            }
            Template::Augmented { target, .. } => matches!(target, Target::Name { .. }),
            Template::Block(kind) => matches!(kind, BlockKind::Function | BlockKind::Class),
            _ => false,
        };
        let own: FxHashSet<&str> =
            statement.own.binds.iter().map(|binding| binding.name.as_str()).collect();
        let mut bound = FxHashSet::default();
        for binding in &outcome.bound {
            bound.insert(binding.name.clone());
            if binding.deleted {
                self.variables.remove(&binding.name);
                self.modules.remove(&binding.name);
                continue;
            }
            let node = if direct && own.contains(binding.name.as_str()) {
                root
            } else {
                let global = Global { name: binding.name.clone(), call: root };
                self.graph.insert(NewNode::from(NodeKind::Global(global)))?
            };
            self.modules.remove(&binding.name);
            self.variables.insert(binding.name.clone(), node);
        }
        self.changed_and_external(outcome, root, &bound)
    }

    pub(super) fn changed_and_external(
        &mut self,
        outcome: &Outcome,
        root: NodeId,
        bound: &FxHashSet<String>,
    ) -> Result<(), CaptureError> {
        // Two names of one value get one node of the changed value.
        let mut versions: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        for changed in &outcome.changed {
            if bound.contains(&changed.name) {
                continue;
            }
            let Some(&source) = self.variables.get(&changed.name) else { continue };
            let node = match versions.get(&source) {
                Some(&node) => node,
                None => {
                    let cause = Cause { by: changed.by.clone(), confidence: changed.confidence };
                    let mutate = Mutate { source, call: root, cause: Some(cause) };
                    let mutate = NodeKind::Mutate(mutate);
                    let node = self.graph.insert(NewNode::from(mutate))?;
                    versions.insert(source, node);
                    node
                }
            };
            self.variables.insert(changed.name.clone(), node);
        }
        for (key, anew) in &outcome.states_written {
            // A change that depends on those before stands for them.
            let replaces = *anew || outcome.states_read.contains(key);
            self.external.write(key.clone(), root, replaces);
        }
        Ok(())
    }
}
