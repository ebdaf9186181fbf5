//! Capture: a graph that grows while a program runs.

use std::sync::Arc;

use clew_graph::{
    Block, BlockKind, Call, Cause, Confidence, Else, Global, GlobalRead, Graph, GraphError, If,
    ImplicitDependency, Import, Literal, Mutate, NewNode, Node, NodeId, NodeKind, Operator, Source,
    SourceId, SourceLocation, Span,
};
use clew_syntax::{
    Lowering as Template, ParseError, Range, Read, Statement, StatementId, Suite, Target, Unit,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lower::{Extras, Lowering};
use crate::{ExternalStates, Outcome};

mod unfold;

/// Why a statement's nodes could not be made. The program's run is not affected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The text is none that can be read.
    #[error("the text cannot be read")]
    Parse(#[from] ParseError),
    /// The graph refused a node.
    #[error("the graph refused a step")]
    Graph(#[from] GraphError),
    /// A report names a text that was never announced.
    #[error("{0} was reported on but never begun")]
    UnknownSource(SourceId),
    /// A report speaks of the body or a handler of a statement that was not reported to be entered.
    #[error("statement {0} was left but never entered")]
    NotEntered(StatementId),
}

/// How much stack a parser gets.
const PARSER_STACK: usize = 256 * 1024 * 1024;

/// The graph of a session, and what the names in it stand for at the moment.
#[derive(Debug, Default)]
pub struct Capture {
    graph: Graph,
    sources: Vec<Text>,
    variables: FxHashMap<String, NodeId>,
    lookups: FxHashMap<String, NodeId>,
    modules: FxHashMap<String, NodeId>,
    external: ExternalStates,
    // How many nodes were handed out by `take_new`.
    taken: usize,
    unknown: usize,
}

#[derive(Debug)]
struct Text {
    source: Source,
    unit: Arc<Unit>,
    // The `if` statements whose test has run, with the node that their suites stand under.
    branches: FxHashMap<StatementId, Branch>,
    // The `with` and `try` statements that were entered.
    guards: FxHashMap<StatementId, Guard>,
    // The definition statements, by where they begin, so that a function that runs finds its own.
    definitions: Vec<(Range, NodeId)>,
}

#[derive(Clone, Copy, Debug)]
struct Branch {
    test: NodeId,
    taken: Option<(Suite, NodeId)>,
}

/// A `with` or `try` that was entered.
#[derive(Clone, Debug)]
struct Guard {
    /// What entering it did; the statements of its suites stand under it.
    node: NodeId,
    /// The statements of its body that ran.
    body: Vec<NodeId>,
    /// Those of them that raised, or that an exception went through, and were not dealt with by a
    /// handler further in.
    raisers: Vec<NodeId>,
    /// The nodes that the statements of handlers stand under.
    handlers: FxHashMap<u32, NodeId>,
    /// The steps that variables were when a `with` was entered.
    variables: Arc<FxHashMap<String, NodeId>>,
}

impl Capture {
    /// A session in which nothing ran yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a text that is about to run.
    ///
    /// # Errors
    /// When it is not Python.
    pub fn begin_source(
        &mut self,
        location: SourceLocation,
        text: &str,
    ) -> Result<SourceId, CaptureError> {
        // The parser recurses; what CPython could read must not end this process.
        let unit =
            stacker::maybe_grow(PARSER_STACK / 2, PARSER_STACK, || clew_syntax::parse(text))?;
        let unit = Arc::new(unit);
        let id = SourceId::new(self.sources.len() as u32);
        let source = Source { id, location, text: text.to_owned() };
        self.sources.push(Text {
            source,
            unit,
            branches: FxHashMap::default(),
            guards: FxHashMap::default(),
            definitions: Vec::new(),
        });
        Ok(id)
    }

    /// The graph so far.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// A text that was begun.
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.index() as usize).map(|text| &text.source)
    }

    /// Every text that was begun, in order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().map(|text| &text.source)
    }

    /// The statements of a text that was begun.
    pub fn unit(&self, id: SourceId) -> Option<Arc<Unit>> {
        self.sources.get(id.index() as usize).map(|text| Arc::clone(&text.unit))
    }

    /// The step whose value a variable has.
    pub fn variable(&self, name: &str) -> Option<NodeId> {
        self.variables.get(name).copied()
    }

    /// Every variable and the step whose value it has, in no special order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, NodeId)> {
        self.variables.iter().map(|(name, &node)| (name.as_str(), node))
    }

    /// How many statements could not be followed.
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// The nodes that were made since the last call, in order.
    pub fn take_new(&mut self) -> Vec<Node> {
        let new = self.graph.nodes()[self.taken..].to_vec();
        self.taken = self.graph.len();
        new
    }

    /// Records that a statement ran. A statement that is followed by its parts is reported when its
    /// header has run, so before those; a `with` or `try` once more when its body has come to its
    /// end, which makes a node only where leaving it did something. A loop is reported once, when it has
    /// ended; where it is told what each of its statements did, they get nodes of their own.
    ///
    /// # Errors
    /// When the report does not fit what was begun. What was recorded before stands.
    pub fn record(&mut self, outcome: &Outcome) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        if at >= self.sources.len() {
            return Err(CaptureError::UnknownSource(outcome.source));
        }
        let statement = self.sources[at].unit.statement(outcome.statement).clone();
        if outcome.leaving {
            return self.left(outcome, &statement);
        }
        let control = self.control(at, &statement)?;
        if outcome.unknown.is_some() {
            self.unknown += 1;
        }
        let root = match &statement.lowering {
            Template::Import(aliases) => {
                let aliases = aliases.clone();
                let extras = self.extras(&statement, outcome, &FxHashSet::default());
                let root = self.imports(outcome, &statement, &aliases, control, extras)?;
                self.note_in_guards(outcome, root);
                return Ok(root);
            }
            Template::If { .. } => self.branch(outcome, &statement, control)?,
            Template::Block(kind) if statement.is_by_parts() => {
                self.guard(outcome, &statement, *kind, control)?
            }
            Template::Block(kind) => {
                if let Some(root) = self.unfold(outcome, &statement, control)? {
                    return Ok(root);
                }
                self.block(outcome, &statement, *kind, statement.range, control)?
            }
            _ => self.simple(outcome, &statement, control)?,
        };
        self.finish(outcome, &statement, root)?;
        self.note_in_guards(outcome, root);
        if outcome.raised && !outcome.entered.is_empty() {
            self.unwound(outcome, &statement)?;
        }
        Ok(root)
    }

    /// A statement raised: what was entered since may have been the leaving of `with` statements around
    /// it.
    fn unwound(&mut self, outcome: &Outcome, statement: &Statement) -> Result<(), CaptureError> {
        let at = outcome.source.index() as usize;
        let unit = Arc::clone(&self.sources[at].unit);
        let extras = self.extras(statement, outcome, &FxHashSet::default());
        for id in unit.guards_of(statement.id) {
            let outer = unit.statement(id);
            let guard = self.sources[at].guards.get(&id).cloned();
            if let (Template::Block(BlockKind::With), Some(guard)) = (&outer.lowering, guard) {
                self.refers_when_left(at, outer, &guard, &extras)?;
            }
        }
        Ok(())
    }

    /// A `with` or `try` was entered. What its handlers would need is noted beside it: where they do
    /// not run, they are kept as text, so that the slice does with other inputs what the program does.
    fn guard(
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
            variables: match kind {
                BlockKind::With => {
                    let variables = self.variables.iter();
                    Arc::new(variables.map(|(name, &node)| (name.clone(), node)).collect())
                }
                _ => Arc::default(),
            },
        };
        self.sources[at].guards.insert(statement.id, guard);
        Ok(node)
    }

    /// A `with` was left. What that does hangs on its manager and on what the body did with it.
    fn left(&mut self, outcome: &Outcome, statement: &Statement) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let Some(guard) = self.sources[at].guards.get(&statement.id).cloned() else {
            return Err(CaptureError::NotEntered(statement.id));
        };
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
            self.refers_when_left(at, statement, &guard, &extras)?;
        }
        let mut seen: FxHashSet<String> =
            extras.reads.iter().map(|read| read.name.clone()).collect();
        for bound in &statement.own.binds {
            self.add_read(&bound.name, &mut extras.reads, &mut seen);
        }
        let mut block = Block::new(BlockKind::With);
        block.global_reads = extras.reads;
        block.implicit_dependencies = extras.implicit;
        block.implicit_dependencies.extend(guard.body.into_iter().map(ImplicitDependency::from));
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

    /// Remembers a statement in the `with` and `try` statements around it.
    fn note_in_guards(&mut self, outcome: &Outcome, root: NodeId) {
        let text = &mut self.sources[outcome.source.index() as usize];
        for id in text.unit.guards_of(outcome.statement) {
            if let Some(guard) = text.guards.get_mut(&id) {
                guard.body.push(root);
                if outcome.raised {
                    guard.raisers.push(root);
                }
            }
        }
    }

    /// The node that the statements of a handler stand under: it runs because a statement raised.
    fn handler(
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
        // Where it is not known which one raised, any may have.
        let raisers = if guard.raisers.is_empty() { guard.body } else { guard.raisers };
        block.implicit_dependencies.extend(raisers.iter().copied().map(ImplicitDependency::from));
        let node = self.graph.insert(NewNode {
            span,
            control: Some(guard.node),
            kind: NodeKind::Block(block),
        })?;
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

    /// The `if` or `else` node that a statement stands under; made when the first statement of a
    /// branch that was taken is reported.
    fn control(
        &mut self,
        at: usize,
        statement: &Statement,
    ) -> Result<Option<NodeId>, CaptureError> {
        let Some((parent, suite)) = statement.parent else { return Ok(None) };
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
            Some((grand, Suite::Else)) if outer.kind == clew_syntax::StatementKind::Elif => {
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
    fn unexecuted(
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
            read.node = guard.variables.get(&read.name).copied().unwrap_or(read.node);
        }
        self.graph.insert(NewNode {
            span: Some(self.span(at, statement.header)),
            control: Some(guard.node),
            kind: NodeKind::Block(block),
        })?;
        Ok(())
    }

    fn span(&self, at: usize, range: Range) -> Span {
        Span { source: self.sources[at].source.id, start: range.start, end: range.end }
    }

    fn add_reads(&self, reads: &[Read], into: &mut Vec<GlobalRead>, seen: &mut FxHashSet<String>) {
        for read in reads {
            self.add_read(&read.name, into, seen);
        }
    }

    fn add_read(&self, name: &str, into: &mut Vec<GlobalRead>, seen: &mut FxHashSet<String>) {
        if let Some(&node) = self.variables.get(name)
            && seen.insert(name.to_owned())
        {
            into.push(GlobalRead { name: name.to_owned(), node });
        }
    }

    /// What a statement depends on beside what its expressions show.
    fn extras(
        &self,
        statement: &Statement,
        outcome: &Outcome,
        covered: &FxHashSet<NodeId>,
    ) -> Extras {
        let mut extras = Extras::default();
        let mut seen = FxHashSet::default();
        // Its header is all that such a statement does itself.
        let access = if statement.is_by_parts() { &statement.own } else { &statement.whole };
        self.add_reads(&access.reads, &mut extras.reads, &mut seen);
        for name in &outcome.read {
            self.add_read(name, &mut extras.reads, &mut seen);
        }
        for entered in &outcome.entered {
            let Some(text) = self.sources.get(entered.source.index() as usize) else { continue };
            let Some(scope) = entered.scope_in(&text.unit) else { continue };
            self.add_reads(&scope.reads, &mut extras.reads, &mut seen);
            // Where the function is written is needed even if no variable leads there.
            if let Some((_, node)) =
                text.definitions.iter().rev().find(|(range, _)| range.contains(scope.range))
            {
                extras.implicit.push((*node).into());
            }
        }
        // A binding that may not have happened leaves the value from before.
        for bound in &outcome.bound {
            if !bound.certain {
                self.add_read(&bound.name, &mut extras.reads, &mut seen);
            }
        }
        for key in &outcome.states_read {
            let state = key.to_string();
            let needs = self.external.read(key).into_iter();
            extras
                .implicit
                .extend(needs.map(|node| ImplicitDependency { node, state: Some(state.clone()) }));
        }
        extras.reads.retain(|read| !covered.contains(&read.node));
        extras.implicit.retain(|needed| !covered.contains(&needed.node));
        extras.implicit.sort_unstable();
        extras.implicit.dedup();
        extras
    }

    fn lowering(&mut self, at: usize, control: Option<NodeId>) -> Lowering<'_> {
        Lowering {
            source: self.sources[at].source.id,
            graph: &mut self.graph,
            variables: &self.variables,
            lookups: &mut self.lookups,
            control,
            used: FxHashSet::default(),
        }
    }

    fn simple(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let all = self.extras(statement, outcome, &FxHashSet::default());
        let rest = |used: &FxHashSet<NodeId>| {
            let mut extras = all.clone();
            extras.reads.retain(|read| !used.contains(&read.node));
            extras
        };
        let mut lowering = self.lowering(at, control);
        let range = statement.range;
        let root = match &statement.lowering {
            Template::Expression(value) => lowering.whole(value, range, |done| rest(&done.used))?,
            Template::Assign { value, targets } => {
                let plain = targets.iter().all(|target| matches!(target, Target::Name { .. }));
                if plain {
                    lowering.whole(value, range, |done| rest(&done.used))?
                } else {
                    let value = lowering.expression(value)?;
                    if let [target] = targets.as_slice()
                        && let Some([object, part]) = lowering.target(target)?
                    {
                        let operator = match target {
                            Target::Attribute { .. } => Operator::SetAttribute,
                            _ => Operator::SetItem,
                        };
                        let extras = rest(&lowering.used);
                        lowering.operator(operator, vec![object, part, value], range, extras)?
                    } else {
                        let mut operands = vec![value];
                        for target in targets {
                            target_operands(&mut lowering, target, &mut operands)?;
                        }
                        let extras = rest(&lowering.used);
                        lowering.operator(Operator::Unpack, operands, range, extras)?
                    }
                }
            }
            Template::Augmented { operator, target, value } => {
                let mut operands = match target {
                    Target::Name { name, .. } => vec![lowering.name(name)?],
                    _ => lowering.target(target)?.map(Vec::from).unwrap_or_default(),
                };
                operands.push(lowering.expression(value)?);
                let extras = rest(&lowering.used);
                lowering.operator(*operator, operands, range, extras)?
            }
            Template::Delete(targets) => {
                let mut operands = Vec::new();
                let mut operator = Operator::DeleteName;
                for target in targets {
                    operator = match target {
                        Target::Attribute { .. } => Operator::DeleteAttribute,
                        Target::Item { .. } => Operator::DeleteItem,
                        _ => Operator::DeleteName,
                    };
                    if let Target::Name { name, .. } = target {
                        operands.push(lowering.name(name)?);
                    } else {
                        target_operands(&mut lowering, target, &mut operands)?;
                    }
                }
                let extras = rest(&lowering.used);
                lowering.operator(operator, operands, range, extras)?
            }
            Template::Import(_) | Template::If { .. } | Template::Block(_) | Template::Nothing => {
                let extras = rest(&lowering.used);
                let mut block = Block::new(BlockKind::Unknown);
                block.global_reads = extras.reads;
                block.implicit_dependencies = extras.implicit;
                lowering.root(range, NodeKind::Block(block))?
            }
        };
        Ok(root)
    }

    fn block(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        kind: BlockKind,
        range: Range,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let extras = self.extras(statement, outcome, &FxHashSet::default());
        let mut block = Block::new(kind);
        block.global_reads = extras.reads;
        block.implicit_dependencies = extras.implicit;
        block.calls = outcome.calls.clone();
        Ok(self.graph.insert(NewNode {
            span: Some(self.span(at, range)),
            control,
            kind: NodeKind::Block(block),
        })?)
    }

    /// The test of an `if` has run. The node of the branch is made with the branch's first
    /// statement, when it is known which branch that is.
    fn branch(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let all = self.extras(statement, outcome, &FxHashSet::default());
        let Template::If { test } = &statement.lowering else {
            return self.simple(outcome, statement, control);
        };
        let mut lowering = self.lowering(at, control);
        let root = lowering.whole(test, statement.header, |done| {
            let mut extras = all.clone();
            extras.reads.retain(|read| !done.used.contains(&read.node));
            extras
        })?;
        self.sources[at].branches.insert(statement.id, Branch { test: root, taken: None });
        Ok(root)
    }

    fn imports(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        aliases: &[clew_syntax::ImportAlias],
        control: Option<NodeId>,
        extras: Extras,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let mut root = None;
        for alias in aliases {
            let (package, version) = outcome
                .imported
                .iter()
                .find(|(module, ..)| *module == alias.module)
                .map_or((None, None), |(_, package, version)| (package.clone(), version.clone()));
            let import = NodeKind::Import(Import { name: alias.module.clone(), package, version });
            let span = Some(self.span(at, alias.range));
            let needs_call = alias.name.is_some() || !extras.is_empty();
            let module = self.graph.insert(NewNode {
                span,
                control: if needs_call { None } else { control },
                kind: import,
            })?;
            let mut node = module;
            if needs_call {
                let mut call = match &alias.name {
                    Some(name) => {
                        let name = NodeKind::Literal(Literal::Str(name.clone()));
                        let name =
                            self.graph.insert(NewNode { span, control: None, kind: name })?;
                        Call::operator(Operator::ImportFrom, [module, name])
                    }
                    None => Call::operator(Operator::Alias, [module]),
                };
                call.global_reads.extend(extras.reads.iter().cloned());
                call.implicit_dependencies.extend(extras.implicit.iter().cloned());
                node = self.graph.insert(NewNode { span, control, kind: NodeKind::Call(call) })?;
            }
            if alias.binding == "*" {
                for bound in outcome.bound.iter().filter(|bound| !bound.deleted) {
                    self.variables.insert(bound.name.clone(), node);
                }
            } else if outcome.bound.iter().any(|bound| bound.name == alias.binding) {
                let submodule = alias.name.is_none() && !alias.asname && alias.module.contains('.');
                let before = self.variables.get(&alias.binding).copied();
                // `import a.b` binds `a` and adds `b` to it: what `a` was before is still needed.
                let node = match before {
                    Some(before) if submodule && self.modules.contains_key(&alias.binding) => {
                        let cause =
                            Cause { by: "import".to_owned(), confidence: Confidence::Annotated };
                        self.graph.insert(NewNode::from(NodeKind::Mutate(Mutate {
                            source: before,
                            call: node,
                            cause: Some(cause),
                        })))?
                    }
                    _ => node,
                };
                self.modules.insert(alias.binding.clone(), node);
                self.variables.insert(alias.binding.clone(), node);
            }
            root = Some(node);
        }
        let root = match root {
            Some(root) => root,
            None => self.simple(outcome, statement, control)?,
        };
        self.changed_and_external(outcome, root, &FxHashSet::default())?;
        Ok(root)
    }

    /// Binds variables, marks changed values and states, and remembers definitions.
    fn finish(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        root: NodeId,
    ) -> Result<(), CaptureError> {
        if !statement.whole.scopes.is_empty() || matches!(statement.lowering, Template::Block(_)) {
            let text = &mut self.sources[outcome.source.index() as usize];
            text.definitions.push((statement.range, root));
        }
        self.bind(outcome, statement, root)
    }

    /// Binds variables, and marks changed values and states.
    fn bind(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        root: NodeId,
    ) -> Result<(), CaptureError> {
        let direct = match &statement.lowering {
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

    fn changed_and_external(
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

    /// The step that an artifact's value is: that of the variable it was saved from, or the
    /// statement that saved it.
    pub fn saved_node(&self, variable: Option<&str>, statement: NodeId) -> NodeId {
        variable.and_then(|name| self.variable(name)).unwrap_or(statement)
    }
}

fn target_operands(
    lowering: &mut Lowering<'_>,
    target: &Target,
    operands: &mut Vec<NodeId>,
) -> Result<(), GraphError> {
    match target {
        Target::Name { .. } => {}
        Target::Attribute { .. } | Target::Item { .. } => {
            if let Some(parts) = lowering.target(target)? {
                operands.extend(parts);
            }
        }
        Target::Sequence { targets, .. } => {
            for target in targets {
                target_operands(lowering, target, operands)?;
            }
        }
        Target::Starred(target) => target_operands(lowering, target, operands)?,
    }
    Ok(())
}
