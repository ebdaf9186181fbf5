//! Activation: calls of functions whose statements are reported by themselves.
//!
//! Such a call has a node for what the statement that makes it did so far, and one for the call, under which the
//! function's statements stand. Whoever needs one of these needs the call, and so the statement that makes it, as it
//! stands in the text. The definition is needed by its header alone: what of its body is needed the nodes say.

use clew_graph::{
    Block, BlockKind, Global, ImplicitDependency, Mutate, NewNode, NodeId, NodeKind, SourceId,
};
use clew_syntax::{
    Expr, ExprKind, Range, Statement, StatementId, StatementKind, Suite, Target, Template, Unit,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Capture, CaptureError};
use crate::Outcome;
use crate::outcome::{Calling, LeftFunction};

/// The calls that are under way.
#[derive(Debug, Default)]
pub(super) struct Activations {
    under_way: Vec<Activation>,
    /// What the statement did that no such call is made by: that of the module.
    module: Caller,
    /// For each definition, the node of its header alone.
    headers: FxHashMap<NodeId, NodeId>,
    /// The classes of which what their methods need is said by nodes of these.
    pub(super) plain_classes: FxHashSet<NodeId>,
}

/// A call that is under way.
#[derive(Debug)]
struct Activation {
    source: SourceId,
    definition: StatementId,
    /// What the names of its variables begin with.
    path: String,
    /// Where the statement stands that makes it.
    called_at: (SourceId, StatementId),
    /// The node of the call.
    call: NodeId,
    /// The statement that was reported last, and whether it may be what returned.
    last: Option<(NodeId, bool)>,
    /// The statement that returned, and those that ran after it, to leave what it stands in, and may have changed
    /// what it returned.
    returned: Vec<NodeId>,
    /// Which statement returned. It is reported once more where leaving what it stands in did something.
    returned_by: Option<StatementId>,
    /// The variables that what it returned was made of; `None` where that may be others as well.
    returned_of: Option<FxHashSet<String>>,
    /// The statements that raised, and were not dealt with for all that is known here.
    raisers: Vec<NodeId>,
    /// The variable that is what the call gives, where it makes an instance.
    makes: Option<String>,
    /// Where code calls it that is not followed: what that gets at of what the function changed.
    others: Option<SeenByOthers>,
    /// What the statement of it that runs now did.
    caller: Caller,
}

/// What code that is not followed may see of a function that it calls, beside what this gives back.
#[derive(Debug, Default)]
struct SeenByOthers {
    /// The variables that it was handed over in.
    handed: FxHashSet<String>,
    /// Whether one of these is bound anew, so that what was handed over may be changed by way of any variable.
    rebound: bool,
    /// The statements that changed it.
    changed_by: Vec<NodeId>,
}

impl SeenByOthers {
    /// A statement has ended while the function runs.
    fn note(&mut self, outcome: &Outcome, root: NodeId) {
        let mut changed = outcome.changed.iter();
        if changed.any(|changed| self.rebound || self.handed.contains(&changed.name)) {
            self.changed_by.push(root);
        }
        self.rebound |= outcome.bound.iter().any(|bound| self.handed.contains(&bound.name));
    }
}

/// A statement that calls functions which are followed, while it runs.
#[derive(Debug, Default)]
struct Caller {
    /// Which nodes stand for the functions' definitions.
    instead: FxHashMap<NodeId, NodeId>,
    /// The calls that have ended.
    calls: Vec<EndedCall>,
}

/// A call that has ended.
#[derive(Debug)]
struct EndedCall {
    call: NodeId,
    /// What gave the value that was returned; nothing where the function came to its end.
    returned: Vec<NodeId>,
    /// The statements that raised, where the call did.
    raised: Vec<NodeId>,
    /// Whether all that is for code that is not followed, which goes on with it.
    by_others: bool,
    /// What a finalizer needs that ran when the function's variables went.
    finalized: Vec<NodeId>,
}

impl Activation {
    /// A statement has ended: it may have returned, or run after one that did.
    fn note_return(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        (root, returns): (NodeId, bool),
    ) {
        if returns && !outcome.raised {
            if self.returned_by.replace(statement.id) != Some(statement.id) {
                self.returned.clear();
            }
            self.returned.push(root);
            let reads = statement.whole.reads.iter().map(|read| read.name.clone());
            let is_all = statement.kind == StatementKind::Return && outcome.entered.is_empty();
            self.returned_of = is_all.then(|| reads.collect());
        } else if !matches!(statement.parent, Some((_, Suite::Finally))) {
            // The loop before did not return.
            self.returned.clear();
        } else if !self.returned.is_empty() {
            let of = self.returned_of.as_ref();
            let touches = |name: &String| of.is_none_or(|of| of.contains(name));
            if outcome.changed.iter().any(|changed| touches(&changed.name)) {
                self.returned.push(root);
            }
        }
    }
}

impl Activations {
    /// Which nodes stand for others in the statement that runs now.
    pub(super) fn instead(&self) -> &FxHashMap<NodeId, NodeId> {
        &self.caller().instead
    }

    fn caller(&self) -> &Caller {
        self.under_way.last().map_or(&self.module, |activation| &activation.caller)
    }

    fn caller_mut(&mut self) -> &mut Caller {
        self.under_way.last_mut().map_or(&mut self.module, |activation| &mut activation.caller)
    }

    /// Where the statements stand that make the calls which are under way, those to whose functions any of these
    /// variables belongs that was touched in a call.
    pub(super) fn callers_that_see<'a>(
        &'a self,
        touched: &'a [&'a str],
    ) -> impl Iterator<Item = (SourceId, StatementId)> + 'a {
        let calls = self.under_way.iter().enumerate().filter(|(at, _)| {
            let within = &self.under_way[*at..];
            let is_within = |name: &&str| within.iter().any(|inner| name.starts_with(&inner.path));
            !touched.iter().all(is_within)
        });
        calls.map(|(_, activation)| activation.called_at)
    }

    /// The node that the statements of a function's body stand under.
    pub(super) fn control_of(&self, source: SourceId, definition: StatementId) -> Option<NodeId> {
        let mut inner = self.under_way.iter().rev();
        let of = |activation: &&Activation| {
            (activation.source, activation.definition) == (source, definition)
        };
        inner.find(of).map(|activation| activation.call)
    }
}

impl Capture {
    /// How many calls of functions that are followed are under way.
    pub(crate) fn calls_under_way(&self) -> usize {
        self.activations.under_way.len()
    }

    /// How many such calls the statement at hand has made that have ended.
    pub(crate) fn calls_made(&self) -> usize {
        self.activations.caller().calls.len()
    }

    /// A statement calls a function that is followed; `outcome` is what it did so far.
    pub(super) fn calls(
        &mut self,
        outcome: &Outcome,
        calling: &Calling,
        statement: &Statement,
    ) -> Result<NodeId, CaptureError> {
        let (definition, whole) = self.definition_of(calling.source, calling.scope)?;
        let header = self.header_of(calling.source, definition, whole)?;
        self.activations.caller_mut().instead.insert(whole, header);
        self.stand_for_changed(calling, (outcome, statement))?;
        let entry = self.entry(outcome, statement)?;
        self.changed_and_external(outcome, entry, &FxHashSet::default())?;
        self.note_in_guards(outcome, entry);
        let at = outcome.source.index() as usize;
        let range = if statement.is_by_parts() { statement.header } else { statement.range };
        let mut block = Block::new(BlockKind::Call);
        block.implicit_dependencies = vec![entry.into(), header.into()];
        let control = self.control(at, statement)?;
        let kind = NodeKind::Block(block);
        let call =
            self.graph.insert(NewNode { span: Some(self.span(at, range)), control, kind })?;
        let path = self.path_of(calling.source, definition);
        self.deleted.retain(|name, _| !name.starts_with(&path));
        for name in &calling.variables {
            let global = NodeKind::Global(Global { name: name.clone(), call });
            let node = self.graph.insert(NewNode::from(global))?;
            self.variables.insert(name.clone(), node);
        }
        self.activations.under_way.push(Activation {
            source: calling.source,
            definition,
            path,
            called_at: (outcome.source, outcome.statement),
            call,
            last: None,
            returned: Vec::new(),
            returned_by: None,
            returned_of: None,
            raisers: Vec::new(),
            makes: calling.makes.clone(),
            others: calling.by_others.then(|| SeenByOthers {
                handed: calling.variables.iter().cloned().collect(),
                ..SeenByOthers::default()
            }),
            caller: Caller::default(),
        });
        Ok(entry)
    }

    /// What a statement did up to a call. Which other functions it calls, and whether they are followed, is known
    /// when it has ended, and said by the node of the whole.
    fn entry(&mut self, outcome: &Outcome, statement: &Statement) -> Result<NodeId, CaptureError> {
        let before = self.activations.instead().clone();
        let access = if statement.is_by_parts() { &statement.own } else { &statement.whole };
        let named = access.reads.iter().filter_map(|read| self.variables.get(&read.name).copied());
        for step in named.collect::<Vec<_>>() {
            if let Some((source, definition)) = self.function_defined_by(step) {
                let header = self.header_of(source, definition, step)?;
                self.activations.caller_mut().instead.entry(step).or_insert(header);
            }
        }
        let entry = self.whole_so_far(outcome, statement);
        self.activations.caller_mut().instead = before;
        entry
    }

    /// The statement that a node is all of, where that defines a function.
    fn function_defined_by(&self, step: NodeId) -> Option<(SourceId, StatementId)> {
        let node = self.graph.get(step)?;
        let NodeKind::Block(Block { kind: BlockKind::Function, .. }) = &node.kind else {
            return None;
        };
        let span = node.span?;
        let unit = &self.sources.get(span.source.index() as usize)?.unit;
        let range = Range::new(span.start, span.end);
        let id = unit.statement_around(range)?;
        (unit.statement(id).range == range).then_some((span.source, id))
    }

    /// What the names of a function's variables begin with.
    fn path_of(&self, source: SourceId, definition: StatementId) -> String {
        let unit = &self.sources[source.index() as usize].unit;
        let scope = unit.scope_at(unit.statement(definition).header.start);
        scope.map_or_else(String::new, |scope| unit.path_of(scope))
    }

    /// What was changed since the function was defined, or by its definition: the function itself, what its defaults
    /// hold, or the object that a decorator added it to. Where that needs the definition its header does.
    fn stand_for_changed(
        &mut self,
        calling: &Calling,
        (outcome, statement): (&Outcome, &Statement),
    ) -> Result<(), CaptureError> {
        let unit = &self.sources[calling.source.index() as usize].unit;
        let path = unit.path_of(calling.scope);
        if let Some(name) = path.strip_suffix('.') {
            self.stand_for_changed_in([name])?;
        }
        if calling.by_others {
            self.stand_for_read(outcome, statement)?;
        }
        Ok(())
    }

    /// The same for what a statement reads, whose call has ended.
    pub(super) fn stand_for_changed_within(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
    ) -> Result<(), CaptureError> {
        match self.activations.caller().calls.iter().any(|ended| ended.by_others) {
            true => self.stand_for_read(outcome, statement),
            false => Ok(()),
        }
    }

    fn stand_for_read(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
    ) -> Result<(), CaptureError> {
        let access = if statement.is_by_parts() { &statement.own } else { &statement.whole };
        let by_text = access.reads.iter().map(|read| read.name.as_str());
        let others = outcome.read.iter().map(String::as_str);
        self.stand_for_changed_in(by_text.chain(others))
    }

    fn stand_for_changed_in<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), CaptureError> {
        let known = names.into_iter().filter_map(|name| self.variables.get(name).copied());
        for now in known.collect::<Vec<_>>() {
            let (mut at, mut changes) = (now, Vec::new());
            while let Some(NodeKind::Mutate(mutate)) = self.graph.get(at).map(|node| &node.kind) {
                changes.push((at, mutate.clone()));
                at = mutate.source;
            }
            let stands_for = |capture: &Self, node: NodeId| {
                capture.activations.instead().get(&node).copied().unwrap_or(node)
            };
            let mut source = stands_for(self, at);
            for (id, mutate) in changes.into_iter().rev() {
                let call = stands_for(self, mutate.call);
                if (source, call) == (mutate.source, mutate.call) {
                    source = id;
                    continue;
                }
                source = self.changed_by_header(id, Mutate { source, call, ..mutate })?;
                self.activations.caller_mut().instead.insert(id, source);
            }
        }
        Ok(())
    }

    /// The node of a change that stands for another one, made once.
    fn changed_by_header(&mut self, id: NodeId, changed: Mutate) -> Result<NodeId, CaptureError> {
        let kind = NodeKind::Mutate(changed);
        let known = self.activations.headers.get(&id).copied();
        let is_it = |known: &NodeId| self.graph.get(*known).is_some_and(|node| node.kind == kind);
        if let Some(known) = known.filter(is_it) {
            return Ok(known);
        }
        let node = self.graph.insert(NewNode::from(kind))?;
        self.activations.headers.insert(id, node);
        Ok(node)
    }

    /// Whether the definition of a function was reported by itself, so that a call of it may be reported by its
    /// statements.
    pub fn may_follow(&self, source: SourceId, scope: usize) -> bool {
        self.definition_of(source, scope).is_ok()
    }

    /// The statement that defines a function, and its node.
    fn definition_of(
        &self,
        source: SourceId,
        scope: usize,
    ) -> Result<(StatementId, NodeId), CaptureError> {
        let unknown = CaptureError::UnknownSource(source);
        let Some(text) = self.sources.get(source.index() as usize) else {
            return Err(unknown);
        };
        let scope = text.unit.scope(scope);
        let definition = scope.and_then(|scope| text.unit.definition_at(scope.start));
        let Some(definition) = definition else { return Err(unknown) };
        let range = text.unit.statement(definition).range;
        let step = text.definitions.at(range);
        step.map(|step| (definition, step)).ok_or(CaptureError::NotEntered(definition))
    }

    /// The node of a definition's header.
    fn header_of(
        &mut self,
        source: SourceId,
        definition: StatementId,
        whole: NodeId,
    ) -> Result<NodeId, CaptureError> {
        if let Some(&header) = self.activations.headers.get(&whole) {
            return Ok(header);
        }
        let at = source.index() as usize;
        let range = self.sources[at].unit.statement(definition).header;
        let (kind, control) = match self.graph.get(whole) {
            Some(node) => (node.kind.clone(), node.control),
            None => (NodeKind::Block(Block::new(BlockKind::Function)), None),
        };
        let span = Some(self.span(at, range));
        let header = self.graph.insert(NewNode { span, control, kind })?;
        self.activations.headers.insert(whole, header);
        Ok(header)
    }

    /// The program has ended, and these functions ran in no calls but those that were followed.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn only_followed(&mut self, functions: &[(SourceId, usize)]) -> Result<(), CaptureError> {
        for &(source, scope) in functions {
            let Ok((_, whole)) = self.definition_of(source, scope) else { continue };
            let Some(&header) = self.activations.headers.get(&whole) else { continue };
            let mut block = Block::new(BlockKind::Call);
            block.implicit_dependencies = vec![whole.into(), header.into()];
            self.graph.insert(NewNode::from(NodeKind::Block(block)))?;
        }
        Ok(())
    }

    /// A function that was followed has ended.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn left_function(&mut self, left: LeftFunction) -> Result<(), CaptureError> {
        let LeftFunction { raised, finalized } = left;
        let Some(activation) = self.activations.under_way.pop() else { return Ok(()) };
        let Activation { last, returned, raisers, makes, call, source, definition, others, .. } =
            activation;
        self.leave_handlers_of(source, definition);
        let by_last = last.filter(|&(_, returns)| returns).map(|(node, _)| node);
        let mut ended = EndedCall {
            call,
            returned: Vec::new(),
            raised: Vec::new(),
            by_others: others.is_some(),
            finalized: others.map(|others| others.changed_by).unwrap_or_default(),
        };
        if raised {
            ended.raised = raisers;
            ended.raised.extend(last.map(|(node, _)| node));
        } else if let Some(name) = makes {
            ended.returned.extend(self.variables.get(&name));
        } else {
            ended.returned = returned;
            ended.returned.extend(by_last);
        }
        if finalized {
            let path = self.path_of(source, definition);
            let own = self.variables.iter().filter(|(name, _)| name.starts_with(&path));
            ended.finalized.extend(own.map(|(_, &node)| node));
        }
        ended.returned.dedup();
        ended.raised.dedup();
        let exits: Vec<ImplicitDependency> =
            ended.returned.iter().chain(&ended.raised).map(|&exit| exit.into()).collect();
        if !exits.is_empty() {
            let mut block = Block::new(BlockKind::Call);
            block.implicit_dependencies = exits;
            let control = Some(ended.call);
            self.graph.insert(NewNode { span: None, control, kind: NodeKind::Block(block) })?;
        }
        self.activations.caller_mut().calls.push(ended);
        Ok(())
    }

    /// What a statement needs of the calls of followed functions that it made. What raised in them it needs where
    /// somebody around it in its function deals with that, or hears of it.
    pub(super) fn results_of_calls(
        &self,
        (statement, has_raised): (&Statement, bool),
        is_guarded: bool,
    ) -> impl Iterator<Item = NodeId> {
        let drops_value = drops_value(statement);
        let calls = self.activations.caller().calls.iter();
        calls.flat_map(move |ended| {
            let by_others = ended.by_others;
            let returned = ended.returned.iter().filter(move |_| by_others || !drops_value);
            let raised =
                ended.raised.iter().filter(move |_| is_guarded || by_others && !has_raised);
            let ended = std::iter::once(&ended.call).chain(&ended.finalized);
            ended.chain(returned).chain(raised).copied()
        })
    }

    /// The node of what a statement did that raised what a function had raised which others call: these may have done
    /// it because of that. Who only needs that the statement ran needs nothing that was raised.
    pub(super) fn done_after_raised(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        root: NodeId,
    ) -> Result<NodeId, CaptureError> {
        let unit = &self.sources[outcome.source.index() as usize].unit;
        if !outcome.raised || unit.guards_of(statement.id).next().is_some() {
            return Ok(root);
        }
        let calls = self.activations.caller().calls.iter().filter(|ended| ended.by_others);
        let mut block = Block::new(BlockKind::Inner);
        block.implicit_dependencies =
            calls.flat_map(|ended| &ended.raised).map(|&raised| raised.into()).collect();
        if block.implicit_dependencies.is_empty() {
            return Ok(root);
        }
        block.implicit_dependencies.push(root.into());
        let kind = NodeKind::Block(block);
        Ok(self.graph.insert(NewNode { span: None, control: None, kind })?)
    }

    /// A statement has ended. What it called needs it: where a part of a function is kept, so is the statement
    /// that calls it, and all that its text needs.
    pub(super) fn calls_returned(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        root: NodeId,
    ) -> Result<(), CaptureError> {
        let Caller { calls, .. } = std::mem::take(self.activations.caller_mut());
        let raiser = self.raiser(outcome, root, &calls)?;
        for activation in &mut self.activations.under_way {
            if let Some(others) = &mut activation.others {
                others.note(outcome, root);
            }
        }
        let hands_on = calls.len() == 1 && !outcome.raised && hands_value_on(statement);
        for ended in calls {
            let span = self.graph.get(ended.call).and_then(|call| call.span);
            let mut block = Block::new(BlockKind::Unexecuted);
            // Who takes the value needs it; the statement itself runs whatever the value is.
            match hands_on && !ended.by_others {
                true => {
                    let finalized = ended.finalized.iter().copied();
                    block.implicit_dependencies.extend(finalized.map(ImplicitDependency::from));
                }
                false => block.implicit_dependencies.push(ImplicitDependency::from(root)),
            }
            let control = Some(ended.call);
            self.graph.insert(NewNode { span, control, kind: NodeKind::Block(block) })?;
        }
        if let Some(activation) = self.activations.under_way.last_mut() {
            let unit = &self.sources[outcome.source.index() as usize].unit;
            let returns = may_return(unit, statement);
            // A `finally` may be come to by what the statement before it raised.
            if let Some((_, Suite::Finally)) = statement.parent {
                activation.raisers.extend(activation.last.map(|(before, _)| before));
            }
            activation.last = Some((root, returns));
            activation.note_return(outcome, statement, (root, returns));
            activation.raisers.extend(raiser);
        }
        Ok(())
    }

    /// The node of what a statement raised, if it did: of itself with what raised in the functions that it called.
    /// Who needs only what the statement did does not need that.
    fn raiser(
        &mut self,
        outcome: &Outcome,
        root: NodeId,
        calls: &[EndedCall],
    ) -> Result<Option<NodeId>, CaptureError> {
        if !outcome.raised {
            return Ok(None);
        }
        let raised = calls.iter().flat_map(|ended| &ended.raised);
        let mut block = Block::new(BlockKind::Inner);
        block.implicit_dependencies = raised.map(|&raised| raised.into()).collect();
        if block.implicit_dependencies.is_empty() {
            return Ok(Some(root));
        }
        block.implicit_dependencies.push(root.into());
        let kind = NodeKind::Block(block);
        Ok(Some(self.graph.insert(NewNode { span: None, control: None, kind })?))
    }
}

/// Whether a statement may be what its function returns by: a `return`, or a loop with one in it.
fn may_return(unit: &Unit, statement: &Statement) -> bool {
    match statement.kind {
        StatementKind::Return => true,
        StatementKind::For | StatementKind::While | StatementKind::Match => {
            returns_within(unit, statement.id, statement.range)
        }
        _ => false,
    }
}

/// Whether a `return` stands in a statement, those of definitions in it left out.
pub(super) fn returns_within(unit: &Unit, id: StatementId, range: Range) -> bool {
    let around = unit.definition_around(id);
    let mut within = unit.statements()[id.index()..].iter();
    let mut within =
        std::iter::from_fn(|| within.next().filter(|inner| inner.range.start < range.end));
    within.any(|inner| {
        inner.kind == StatementKind::Return && unit.definition_around(inner.id) == around
    })
}

/// Whether a statement is one call for its own sake, of which it takes no value.
fn drops_value(statement: &Statement) -> bool {
    let Template::Expression(value) = &statement.template else { return false };
    statement.kind == StatementKind::Expression && is_one_call(value)
}

/// Whether a statement does nothing with the value of its one call but bind names to it or return it.
fn hands_value_on(statement: &Statement) -> bool {
    match &statement.template {
        Template::Assign { value, targets } => {
            targets.iter().all(|target| matches!(target, Target::Name { .. })) && is_one_call(value)
        }
        Template::Expression(value) => {
            statement.kind == StatementKind::Return && is_one_call(value)
        }
        _ => false,
    }
}

/// Whether an expression is a call, and no other stands in it.
fn is_one_call(value: &Expr) -> bool {
    if !matches!(value.kind, ExprKind::Call { .. }) {
        return false;
    }
    let mut calls = 0;
    value.walk(&mut |part: &Expr| {
        calls += usize::from(matches!(part.kind, ExprKind::Call { .. }));
        !matches!(part.kind, ExprKind::Operator { operator: clew_graph::Operator::Evaluate, .. })
    });
    calls == 1
}
