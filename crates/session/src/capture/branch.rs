//! Branch: the suites that statements stand under, and those that did not run.

use clew_graph::{Block, BlockKind, Else, If, Literal, NewNode, NodeId, NodeKind};
use clew_syntax::{Statement, StatementKind, Suite, Template};
use rustc_hash::FxHashSet;

use super::{Capture, CaptureError};
use crate::Outcome;

/// An `if` whose test has run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch {
    pub(super) test: NodeId,
    pub(super) taken: Option<(Suite, NodeId)>,
}

impl Capture {
    /// The test of an `if` has run. The node of the branch is made with the branch's first
    /// statement, when it is known which branch that is.
    pub(super) fn branch(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let all = self.extras(statement, outcome, &FxHashSet::default());
        let Template::If { test } = &statement.template else {
            return self.simple(outcome, statement, control);
        };
        let mut lowering = self.lowering(at, control);
        let root = lowering.whole(test, statement.header, |done| all.beside(&done.used))?;
        self.sources[at].branches.insert(statement.id, Branch { test: root, taken: None });
        Ok(root)
    }

    /// The `if` or `else` node that a statement stands under; made when the first statement of a
    /// branch that was taken is reported.
    pub(super) fn control(
        &mut self,
        at: usize,
        statement: &Statement,
    ) -> Result<Option<NodeId>, CaptureError> {
        let Some((parent, suite)) = statement.parent else { return Ok(None) };
        if self.sources[at].unit.statement(parent).is_definition() {
            return Ok(self.activations.control_of(self.sources[at].source.id, parent));
        }
        if let Some(guard) = self.sources[at].guards.get(&parent) {
            return match suite {
                Suite::Handler(place) => self.handler(at, parent, place).map(Some),
                _ => Ok(Some(guard.node)),
            };
        }
        let Some(branch) = self.sources[at].branches.get(&parent).copied() else {
            return Ok(None);
        };
        if let Some((taken, node)) = branch.taken
            && taken == suite
        {
            return Ok(Some(node));
        }
        let outer = self.sources[at].unit.statement(parent).clone();
        let outer_control = self.control(at, &outer)?;
        let other = if suite == Suite::Else { Suite::Body } else { Suite::Else };
        let unexecuted = match outer.suite(other) {
            Some(body) if !body.statements.is_empty() => {
                Some(self.unexecuted(at, &outer, other, None)?)
            }
            _ => None,
        };
        let companion = match outer.parent {
            Some((grand, Suite::Else)) if outer.kind == StatementKind::Elif => {
                self.sources[at].branches.get(&grand).map(|branch| branch.test)
            }
            _ => None,
        };
        // An `else` needs the `if` it belongs to; what was not taken hangs on the one that was.
        let own = (suite != Suite::Else).then_some(unexecuted).flatten();
        let node = self.graph.insert(NewNode {
            span: Some(self.span(at, outer.header)),
            control: outer_control,
            kind: NodeKind::If(If { test: branch.test, companion, unexecuted: own }),
        })?;
        let node = if suite == Suite::Else {
            self.graph.insert(NewNode {
                span: None,
                control: outer_control,
                kind: NodeKind::Else(Else { companion: node, unexecuted }),
            })?
        } else {
            node
        };
        if let Some(branch) = self.sources[at].branches.get_mut(&parent) {
            branch.taken = Some((suite, node));
        }
        Ok(Some(node))
    }

    /// A branch or handler that did not run: kept as text, with the definitions that it would need.
    pub(super) fn unexecuted(
        &mut self,
        at: usize,
        outer: &Statement,
        suite: Suite,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let Some(body) = outer.suite(suite).cloned() else {
            return Ok(self.graph.insert(NewNode::from(NodeKind::Literal(Literal::None)))?);
        };
        let mut block = Block::new(BlockKind::Unexecuted);
        let mut seen = FxHashSet::default();
        for &id in &body.statements {
            let reads = self.sources[at].unit.statement(id).whole.reads.clone();
            self.add_reads(&reads, &mut block.global_reads, &mut seen);
        }
        self.add_reads(&body.own.reads, &mut block.global_reads, &mut seen);
        Ok(self.graph.insert(NewNode {
            span: Some(self.span(at, body.range)),
            control,
            kind: NodeKind::Block(block),
        })?)
    }
}
