//! Guard: `with` and `try` statements, from being entered to being left, and their handlers.

use std::sync::Arc;

use clew_graph::{
    Block, BlockKind, Global, ImplicitDependency, NewNode, NodeId, NodeKind, SourceId,
};
use clew_syntax::{Range, Statement, StatementId, StatementKind, Suite, SuiteBody, Template, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use super::variable_history::Mark;
use super::{Capture, CaptureError};
use crate::Outcome;
use crate::lower::Extras;

/// A `with` or `try` that was entered.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// What entering it did; the statements of its suites stand under it.
    pub(super) node: NodeId,
    /// The statements of its body that ran.
    pub(super) body: Vec<NodeId>,
    /// Those of them that raised, or that an exception went through, and were not dealt with by a
    /// handler further in.
    pub(super) raisers: Vec<NodeId>,
    /// The nodes that the statements of handlers stand under.
    pub(super) handlers: FxHashMap<u32, NodeId>,
    /// When a `with` was entered.
    pub(super) entered: Option<Mark>,
    /// Whether leaving it hangs on whether something was raised.
    heeds_exceptions: bool,
}

/// A handler that a statement ran in.
#[derive(Debug)]
pub(super) struct Handler {
    source: SourceId,
    /// The definition that it stands in.
    definition: Option<StatementId>,
    range: Range,
    /// The name that it gives to what was raised, which goes when it is left.
    name: String,
}

impl Capture {
    /// A `with` or `try` was entered. What its handlers would need is noted beside it: where they do
    /// not run, they are kept as text, so that the slice does with other inputs what the program does.
    pub(super) fn guard(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        kind: BlockKind,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let node = self.block(outcome, statement, kind, statement.header, control)?;
        for body in &statement.suites {
            if matches!(body.suite, Suite::Handler(_)) {
                self.unexecuted(at, statement, body.suite, Some(node))?;
            }
        }
        let guard = Guard {
            node,
            body: Vec::new(),
            raisers: Vec::new(),
            handlers: FxHashMap::default(),
            entered: (kind == BlockKind::With).then(|| self.variables.mark()),
            heeds_exceptions: outcome.heeds_exceptions,
        };
        self.sources[at].guards.insert(statement.id, guard);
        Ok(node)
    }

    /// A `with` was left. What that does hangs on its manager and on what the body did with it.
    pub(super) fn left(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let known = self.sources[at].guards.get_mut(&statement.id);
        let Some(guard) =
            known.map(|known| Guard { entered: known.entered.take(), ..known.clone() })
        else {
            return Err(CaptureError::NotEntered(statement.id));
        };
        let root = self.left_guard(outcome, statement, &guard);
        if let Some(mark) = guard.entered {
            self.variables.release(mark);
        }
        root
    }

    fn left_guard(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        guard: &Guard,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let idle = !outcome.raised
            && outcome.bound.is_empty()
            && outcome.changed.is_empty()
            && outcome.entered.is_empty()
            && outcome.states_read.is_empty()
            && outcome.states_written.is_empty();
        if idle {
            return Ok(guard.node);
        }
        let mut extras = self.extras(statement, outcome, &FxHashSet::default());
        if !outcome.entered.is_empty() {
            self.refers_when_left(at, statement, guard, &extras)?;
        }
        let mut seen: FxHashSet<String> =
            extras.reads.iter().map(|read| read.name.clone()).collect();
        for bound in &statement.own.binds {
            self.add_read(&bound.name, &mut extras.reads, &mut seen);
        }
        let mut block = Block::new(BlockKind::With);
        block.global_reads = extras.reads;
        block.implicit_dependencies = extras.implicit;
        block
            .implicit_dependencies
            .extend(guard.body.iter().copied().map(ImplicitDependency::from));
        block.calls = outcome.calls.clone();
        let root = self.graph.insert(NewNode {
            span: Some(self.span(at, statement.header)),
            control: Some(guard.node),
            kind: NodeKind::Block(block),
        })?;
        self.bind(outcome, statement, root)?;
        self.note_in_guards(outcome, root);
        Ok(root)
    }

    /// A statement raised: what was entered since may have been the leaving of `with` statements around
    /// it.
    pub(super) fn unwound(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
    ) -> Result<(), CaptureError> {
        let at = outcome.source.index() as usize;
        let unit = Arc::clone(&self.sources[at].unit);
        let extras = self.extras(statement, outcome, &FxHashSet::default());
        for id in unit.guards_of(statement.id) {
            let outer = unit.statement(id);
            let guard = self.sources[at].guards.get(&id).cloned();
            if let (Template::Block(BlockKind::With), Some(guard)) = (&outer.template, guard) {
                self.refers_when_left(at, outer, &guard, &extras)?;
            }
        }
        Ok(())
    }

    /// A statement raised: wherever a `with` around it is kept that heeds exceptions, so is the statement.
    pub(super) fn heeded(&mut self, outcome: &Outcome, root: NodeId) -> Result<(), CaptureError> {
        let at = outcome.source.index() as usize;
        let unit = Arc::clone(&self.sources[at].unit);
        for id in unit.guards_of(outcome.statement) {
            let outer = unit.statement(id);
            let guard = self.sources[at].guards.get(&id);
            let Some(guard) = guard.filter(|guard| guard.heeds_exceptions).map(|guard| guard.node)
            else {
                let may_handle = |body: &SuiteBody| matches!(body.suite, Suite::Handler(_));
                match outer.suites.iter().any(may_handle) {
                    true => return Ok(()),
                    false => continue,
                }
            };
            let mut block = Block::new(BlockKind::Unexecuted);
            block.implicit_dependencies.push(root.into());
            let span = Some(self.span(at, outer.header));
            let kind = NodeKind::Block(block);
            self.graph.insert(NewNode { span, control: Some(guard), kind })?;
        }
        Ok(())
    }

    /// Remembers a statement in the `with` and `try` statements around it.
    pub(super) fn note_in_guards(&mut self, outcome: &Outcome, root: NodeId) {
        let text = &mut self.sources[outcome.source.index() as usize];
        for id in text.unit.guards_of(outcome.statement) {
            if let Some(guard) = text.guards.get_mut(&id) {
                guard.body.push(root);
                if outcome.raised {
                    guard.raisers.push(root);
                }
            }
        }
        // What the functions do that a body calls, the body does, as far as it is seen outside them.
        let changed = outcome.changed.iter().map(|changed| &*changed.name);
        let touched: Vec<&str> =
            changed.chain(outcome.bound.iter().map(|bound| &*bound.name)).collect();
        for (source, statement) in self.activations.callers_that_see(&touched) {
            let text = &mut self.sources[source.index() as usize];
            for id in text.unit.guards_of(statement) {
                let guard = text.guards.get_mut(&id).filter(|guard| guard.entered.is_some());
                guard.into_iter().for_each(|guard| guard.body.push(root));
            }
        }
    }

    /// The node that the statements of a handler stand under: it runs because a statement raised.
    pub(super) fn handler(
        &mut self,
        at: usize,
        outer: StatementId,
        place: u32,
    ) -> Result<NodeId, CaptureError> {
        let Some(guard) = self.sources[at].guards.get(&outer).cloned() else {
            return Err(CaptureError::NotEntered(outer));
        };
        if let Some(&node) = guard.handlers.get(&place) {
            return Ok(node);
        }
        let unit = Arc::clone(&self.sources[at].unit);
        let mut block = Block::new(BlockKind::Try);
        let mut span = None;
        if let Some(body) = unit.statement(outer).suite(Suite::Handler(place)) {
            self.add_reads(&body.own.reads, &mut block.global_reads, &mut FxHashSet::default());
            span = Some(self.span(at, body.header));
        }
        // What its header names is asked wherever the `try` is kept and something raises in it.
        let mut asks = Block::new(BlockKind::Unexecuted);
        asks.global_reads = block.global_reads.clone();
        self.graph.insert(NewNode {
            span: Some(self.span(at, unit.statement(outer).header)),
            control: Some(guard.node),
            kind: NodeKind::Block(asks),
        })?;
        // Where it is not known which one raised, any may have.
        let raisers = if guard.raisers.is_empty() { guard.body } else { guard.raisers };
        block.implicit_dependencies.extend(raisers.iter().copied().map(ImplicitDependency::from));
        let node = self.graph.insert(NewNode {
            span,
            control: Some(guard.node),
            kind: NodeKind::Block(block),
        })?;
        self.bind_handled(&unit, at, (outer, place), node)?;
        let text = &mut self.sources[at];
        if let Some(guard) = text.guards.get_mut(&outer) {
            guard.handlers.insert(place, node);
            guard.raisers.clear();
        }
        for id in text.unit.guards_of(outer) {
            if let Some(guard) = text.guards.get_mut(&id) {
                guard.raisers.retain(|raiser| !raisers.contains(raiser));
            }
        }
        Ok(node)
    }

    /// A handler gives a name to what was raised.
    fn bind_handled(
        &mut self,
        unit: &Unit,
        at: usize,
        (outer, place): (StatementId, u32),
        node: NodeId,
    ) -> Result<(), CaptureError> {
        let Some(body) = unit.statement(outer).suite(Suite::Handler(place)) else { return Ok(()) };
        for name in handler_names(unit, outer, place) {
            let global = Global { name: name.to_owned(), call: node };
            let bound = self.graph.insert(NewNode::from(NodeKind::Global(global)))?;
            self.variables.insert(name.to_owned(), bound);
            self.handlers.push(Handler {
                source: self.sources[at].source.id,
                definition: unit.definition_around(outer),
                range: body.range,
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    /// A statement has run: with the handlers that it does not stand in go the names that these gave.
    pub(super) fn leave_handlers(&mut self, outcome: &Outcome, statement: &Statement) {
        let at = outcome.source.index() as usize;
        let definition = self.sources[at].unit.definition_around(outcome.statement);
        self.leave_handlers_while(|handler| {
            (handler.source, handler.definition) == (outcome.source, definition)
                && !handler.range.contains(statement.range)
        });
    }

    /// A function was left, and so were the handlers in it.
    pub(super) fn leave_handlers_of(&mut self, source: SourceId, definition: StatementId) {
        self.leave_handlers_while(|handler| {
            (handler.source, handler.definition) == (source, Some(definition))
        });
    }

    /// The program has ended.
    pub(crate) fn leave_all_handlers(&mut self) {
        self.leave_handlers_while(|_| true);
    }

    fn leave_handlers_while(&mut self, is_left: impl Fn(&Handler) -> bool) {
        while let Some(left) = self.handlers.pop_if(|handler| is_left(handler)) {
            self.variables.remove(&left.name);
            self.gone.push(left.name);
        }
    }

    /// The variables that went with handlers since this was last asked.
    pub(crate) fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
    }

    /// Notes what leaving a `with` refers to, for it does so wherever the statement is kept. What the
    /// body made of a variable that was there before is no part of that.
    fn refers_when_left(
        &mut self,
        at: usize,
        statement: &Statement,
        guard: &Guard,
        extras: &Extras,
    ) -> Result<(), CaptureError> {
        let mut block = Block::new(BlockKind::Unexecuted);
        block.global_reads = extras.reads.clone();
        for read in &mut block.global_reads {
            let before = guard.entered.and_then(|mark| self.variables.at(mark, &read.name));
            read.node = before.unwrap_or(read.node);
        }
        self.graph.insert(NewNode {
            span: Some(self.span(at, statement.header)),
            control: Some(guard.node),
            kind: NodeKind::Block(block),
        })?;
        Ok(())
    }
}

/// The name that a handler gives to what was raised.
fn handler_names(unit: &Unit, outer: StatementId, place: u32) -> impl Iterator<Item = &str> {
    let body = unit.statement(outer).suite(Suite::Handler(place));
    body.into_iter().flat_map(|body| body.own.binds.iter().map(|bound| bound.name.as_str()))
}

/// What a `raise` without an exception raises again, by the name that the handler around it gives to it.
pub(super) fn raised_again<'u>(unit: &'u Unit, statement: &Statement) -> Option<&'u str> {
    if statement.kind != StatementKind::Raise || !statement.whole.reads.is_empty() {
        return None;
    }
    let mut parents = std::iter::successors(statement.parent, |&(id, _)| unit.statement(id).parent);
    parents.find_map(|(outer, suite)| match suite {
        Suite::Handler(place) => handler_names(unit, outer, place).next(),
        _ => None,
    })
}
