//! Unfinished: the nodes of what is saved while a statement runs, before it is known what all of it does.

use clew_graph::{BlockKind, Global, ImplicitDependency, Mutate, NewNode, NodeId, NodeKind};
use clew_syntax::{Statement, Template};

use super::{Capture, CaptureError};
use crate::Outcome;
use crate::outcome::Unfinished;

/// The nodes of what was saved while a statement ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// The node of the value.
    pub node: Option<NodeId>,
    /// The nodes of the variables that the statement bound or changed so far.
    pub variables: Vec<(String, NodeId)>,
}

impl Capture {
    /// Makes the nodes of a value that is saved while a statement runs, and of what this bound and changed
    /// so far: the whole statement, with what it needed so far. What the variables stand for stays as it was
    /// before the statement: once that has ended, [`Self::record`] says what it did.
    ///
    /// # Errors
    /// When the report does not fit what was begun.
    pub fn unfinished(&mut self, unfinished: &Unfinished) -> Result<SoFar, CaptureError> {
        let mut so_far = SoFar::default();
        let variable = unfinished.variable.as_deref();
        if let Some(statement) = &unfinished.statement {
            let root = self.root_so_far(statement, variable)?;
            let bound = statement.bound.iter().map(|bound| (&bound.name, true));
            let changed = statement.changed.iter().map(|changed| (&changed.name, false));
            for (name, is_bound) in bound.chain(changed) {
                if so_far.variables.iter().all(|(known, _)| known != name) {
                    let node = self.variable_so_far(name, root, is_bound)?;
                    so_far.variables.push((name.clone(), node));
                }
            }
            so_far.node = Some(root);
        }
        if let Some(name) = variable {
            let known = so_far.variables.iter().find(|(known, _)| known == name);
            match (known, so_far.node) {
                _ if unfinished.untouched => so_far.node = self.variable(name),
                (Some(&(_, node)), _) => so_far.node = Some(node),
                (None, Some(root)) => {
                    so_far.node = Some(self.variable_so_far(name, root, false)?);
                }
                (None, None) => so_far.node = self.variable(name),
            }
        }
        so_far.node = so_far.node.map(|node| self.defer(node, &unfinished.reads)).transpose()?;
        if let (Some(name), Some(node), false) = (variable, so_far.node, unfinished.untouched) {
            so_far.variables.retain(|(known, _)| known != name);
            so_far.variables.push((name.to_owned(), node));
        }
        Ok(so_far)
    }

    fn variable_so_far(
        &mut self,
        name: &str,
        root: NodeId,
        is_bound: bool,
    ) -> Result<NodeId, CaptureError> {
        let kind = match self.variable(name).filter(|_| !is_bound) {
            Some(source) => NodeKind::Mutate(Mutate { source, call: root, cause: None }),
            None => NodeKind::Global(Global { name: name.to_owned(), call: root }),
        };
        Ok(self.graph.insert(NewNode::from(kind))?)
    }

    /// The node of all of the statement, so far.
    fn root_so_far(
        &mut self,
        so_far: &Outcome,
        variable: Option<&str>,
    ) -> Result<NodeId, CaptureError> {
        let at = so_far.source.index() as usize;
        if at >= self.sources.len() {
            return Err(CaptureError::UnknownSource(so_far.source));
        }
        let statement = self.sources[at].unit.statement(so_far.statement).clone();
        let mut so_far = so_far.clone();
        so_far.read.extend(variable.map(str::to_owned));
        so_far.read.extend(so_far.changed.iter().map(|changed| changed.name.clone()));
        self.whole_so_far(&so_far, &statement)
    }

    pub(super) fn whole_so_far(
        &mut self,
        so_far: &Outcome,
        statement: &Statement,
    ) -> Result<NodeId, CaptureError> {
        let at = so_far.source.index() as usize;
        if so_far.leaving {
            let Some(guard) = self.sources[at].guards.get(&statement.id).cloned() else {
                return Err(CaptureError::NotEntered(statement.id));
            };
            let body = guard.body.into_iter().map(ImplicitDependency::from).collect();
            let control = Some(guard.node);
            let kind = BlockKind::With;
            return self.block_after(so_far, statement, (kind, statement.header), control, body);
        }
        let control = self.control(at, statement)?;
        match simplicity(statement) {
            Simplicity::Simple => self.simple(so_far, statement, control),
            Simplicity::Block(kind) => {
                let range =
                    if statement.is_by_parts() { statement.header } else { statement.range };
                self.block_after(so_far, statement, (kind, range), control, Vec::new())
            }
        }
    }
}

/// Whether a statement has nodes of its own before it has ended, or is taken as a block.
enum Simplicity {
    Simple,
    Block(BlockKind),
}

fn simplicity(statement: &Statement) -> Simplicity {
    match &statement.template {
        Template::Block(kind) => Simplicity::Block(*kind),
        Template::If { .. } | Template::Import(_) => Simplicity::Block(BlockKind::Inner),
        _ => Simplicity::Simple,
    }
}
