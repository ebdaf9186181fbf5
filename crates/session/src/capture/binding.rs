//! Binding: which nodes variables, changed values and external states are from now on.

use clew_graph::{
    BlockKind, Cause, Global, Literal, Lookup, Mutate, NewNode, NodeId, NodeKind, SourceId,
};
use clew_syntax::{Expr, ExprKind, Statement, StatementKind, Target, Template};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Capture, CaptureError};
use crate::Outcome;
use crate::cells_text::is_result;
use crate::outcome::ANNOTATIONS;

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
            text.definitions.add(statement.range, root);
        }
        let doer = self.done_after_raised(outcome, statement, root)?;
        self.bind(outcome, statement, doer)
    }

    /// Binds `__doc__` to the docstring of a text, which is there before its first statement runs.
    pub(super) fn bind_docstring(&mut self, source: SourceId) -> Result<(), CaptureError> {
        let at = source.index() as usize;
        let unit = &self.sources[at].unit;
        let Some(first) = unit.top().first().map(|&id| unit.statement(id)) else { return Ok(()) };
        let Template::Expression(Expr { kind: ExprKind::Literal(Literal::Str(text)), .. }) =
            &first.template
        else {
            return Ok(());
        };
        let literal = NodeKind::Literal(Literal::Str(text.clone()));
        let span = Some(self.span(at, first.range));
        let node = self.graph.insert(NewNode { span, control: None, kind: literal })?;
        self.variables.insert("__doc__".to_owned(), node);
        Ok(())
    }

    /// The annotations so far. They are there before the first statement runs.
    pub(super) fn annotations(&mut self) -> Result<NodeId, CaptureError> {
        if let Some(&node) = self.variables.get(ANNOTATIONS) {
            return Ok(node);
        }
        let lookup = Lookup { name: ANNOTATIONS.to_owned() };
        let node = self.graph.insert(NewNode::from(NodeKind::Lookup(lookup)))?;
        self.variables.insert(ANNOTATIONS.to_owned(), node);
        Ok(node)
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
        let result = outcome.bound.iter().map(|binding| binding.name.as_str());
        let result = result.filter(|name| is_result(name)).find(|name| !own.contains(name));
        let before = ["_", "__"].map(|name| self.variable(name));
        for binding in &outcome.bound {
            bound.insert(binding.name.clone());
            if result.is_some() && ["_", "__", "___"].contains(&binding.name.as_str()) {
                continue;
            }
            if binding.deleted {
                self.variables.remove(&binding.name);
                self.deleted.remove(&binding.name);
                if self.deletes_by_name(outcome, statement) {
                    self.deleted.insert(binding.name.clone(), root);
                }
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
        if let Some(result) = result {
            self.shown(result, before);
        }
        self.changed_and_external(outcome, root, &bound)
    }

    /// Whether a `del` stands in a statement; the name of an `except` goes without one.
    fn deletes_by_name(&self, outcome: &Outcome, statement: &Statement) -> bool {
        let unit = &self.sources[outcome.source.index() as usize].unit;
        let within = unit.statements()[statement.id.index()..].iter();
        let mut within = within.take_while(|inner| inner.range.start < statement.range.end);
        within.any(|inner| inner.kind == StatementKind::Delete)
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
            let source = match self.variables.get(&changed.name) {
                Some(&source) => source,
                None if changed.name == ANNOTATIONS => self.annotations()?,
                None => continue,
            };
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
            let stands = outcome.facets.changed.is_empty() && outcome.states_read.contains(key);
            self.external.write(key.clone(), root, *anew || stands);
        }
        Ok(())
    }
}
