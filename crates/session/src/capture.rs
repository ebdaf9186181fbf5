//! Capture: a graph that grows while a program runs.

use std::sync::{Arc, OnceLock};

use clew_effects::LastWriters;
use clew_graph::{
    BlockKind, Graph, GraphError, Node, NodeId, Source, SourceId, SourceLocation, Span,
};
use clew_syntax::{ParseError, Range, Statement, StatementId, Suite, Template, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use self::activation::Activations;
use self::branch::Branch;
use self::definitions::Definitions;
use self::guard::Guard;
use self::variable_history::VariableHistory;
use crate::lower::Lowering;
use crate::{Facet, Outcome};

mod variable_history;
mod statement;
mod activation;
mod class;
mod branch;
mod guard;
mod split_loop;
mod facets;
mod dependency;
mod definitions;
mod deferred;
mod given;
mod binding;
mod unfinished;

pub use given::words_of;
pub use unfinished::SoFar;

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
    variables: VariableHistory,
    // The methods of plain classes, by their names.
    methods: FxHashMap<String, Vec<NodeId>>,
    // What deleted the variables that are gone since: who reads one of them then hears of that.
    deleted: FxHashMap<String, NodeId>,
    lookups: FxHashMap<String, NodeId>,
    modules: FxHashMap<String, NodeId>,
    external: LastWriters,
    // How many nodes were handed out by `take_new`.
    taken: usize,
    // The statements of cells that ran so far.
    ran: Vec<Ran>,
    activations: Activations,
    // The handlers that statements run in, the innermost last.
    handlers: Vec<guard::Handler>,
    // The variables that went with handlers since this was last asked.
    gone: Vec<String>,
    // The steps that changed nothing but some facets.
    faceted: FxHashMap<NodeId, Vec<Facet>>,
    // The steps that stand for others in the statement that is recorded, which sees less of them.
    past: FxHashMap<NodeId, NodeId>,
    // The steps that those that stand for others leave out.
    passed: Vec<NodeId>,
}

/// A statement that ran.
#[derive(Debug)]
struct Ran {
    source: SourceId,
    statement: StatementId,
    root: NodeId,
    // The variables that it bound and changed.
    touched: Vec<String>,
}

#[derive(Debug)]
struct Text {
    source: Source,
    unit: Arc<Unit>,
    // The `if` statements whose test has run, with the node that their suites stand under.
    branches: FxHashMap<StatementId, Branch>,
    // The `with` and `try` statements that were entered.
    guards: FxHashMap<StatementId, Guard>,
    definitions: Definitions,
    // Whether its code looks at what classes and instances have; once somebody asked.
    looks_at_classes: OnceLock<bool>,
}

/// Reads a text. The parser recurses; what CPython could read must not end this process.
pub(crate) fn read(text: &str) -> Result<Unit, ParseError> {
    stacker::maybe_grow(PARSER_STACK / 2, PARSER_STACK, || clew_syntax::parse(text))
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
        let unit = Arc::new(read(text)?);
        let id = SourceId::new(self.sources.len() as u32);
        let source = Source { id, location, text: text.to_owned() };
        self.sources.push(Text {
            source,
            unit,
            branches: FxHashMap::default(),
            guards: FxHashMap::default(),
            definitions: Definitions::default(),
            looks_at_classes: OnceLock::new(),
        });
        self.bind_docstring(id)?;
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

    /// The node whose value a variable has.
    pub fn variable(&self, name: &str) -> Option<NodeId> {
        self.variables.get(name).copied()
    }

    /// A variable is gone, and not by the session's statements.
    pub fn forget(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// Every variable and the node whose value it has, in no special order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, NodeId)> {
        self.variables.iter().map(|(name, &node)| (name.as_str(), node))
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
    /// ended; where it is known what each of its statements did, they get nodes of their own.
    ///
    /// # Errors
    /// When the report does not fit what was begun. What was recorded before stands.
    pub fn record(&mut self, outcome: &Outcome) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        if at >= self.sources.len() {
            return Err(CaptureError::UnknownSource(outcome.source));
        }
        let unit = Arc::clone(&self.sources[at].unit);
        let statement = unit.statement(outcome.statement);
        self.leave_handlers(outcome, statement);
        if outcome.leaving {
            return self.left(outcome, statement);
        }
        if let Some(calling) = &outcome.calling {
            return self.calls(outcome, calling, statement);
        }
        self.stand_for_changed_within(outcome, statement)?;
        self.look_past(outcome)?;
        let root = self.entered(outcome, at, statement)?;
        self.give_passed(outcome)?;
        self.note_facets(outcome, root);
        self.calls_returned(outcome, statement, root)?;
        if matches!(self.sources[at].source.location, SourceLocation::Cell(_)) {
            let bound = outcome.bound.iter().map(|bound| bound.name.clone());
            let touched = bound.chain(outcome.changed.iter().map(|changed| changed.name.clone()));
            self.ran.push(Ran {
                source: outcome.source,
                statement: outcome.statement,
                root,
                touched: touched.collect(),
            });
        }
        Ok(root)
    }

    /// Records that a statement ran, or was entered.
    fn entered(
        &mut self,
        outcome: &Outcome,
        at: usize,
        statement: &Statement,
    ) -> Result<NodeId, CaptureError> {
        let control = self.control(at, statement)?;
        let root = match &statement.template {
            Template::Import(aliases) => {
                let aliases = aliases.clone();
                let extras = self.extras(statement, outcome, &FxHashSet::default());
                let root = self.imports(outcome, statement, &aliases, control, extras)?;
                self.note_in_guards(outcome, root);
                return Ok(root);
            }
            Template::If { .. } => self.branch(outcome, statement, control)?,
            Template::Block(kind) if statement.is_by_parts() => {
                self.guard(outcome, statement, *kind, control)?
            }
            Template::Block(BlockKind::Class) if self.is_plain_class(outcome, statement) => {
                self.class(outcome, statement, control)?
            }
            Template::Block(kind) => {
                // A turn that returns is the last.
                let unit = &self.sources[at].unit;
                if !activation::returns_within(unit, statement.id, statement.range)
                    && let Some(root) = self.split_loop(outcome, statement, control)?
                {
                    return Ok(root);
                }
                self.block(outcome, statement, *kind, statement.range, control)?
            }
            _ => self.simple(outcome, statement, control)?,
        };
        // Who needs that it removes something needs what would.
        let does = match outcome.makes_room {
            true => self.unexecuted(at, statement, Suite::Body, Some(root))?,
            false => root,
        };
        self.finish(outcome, statement, does)?;
        self.note_in_guards(outcome, root);
        if outcome.raised {
            self.heeded(outcome, root)?;
        }
        if outcome.raised && !outcome.entered.is_empty() {
            self.unwound(outcome, statement)?;
        }
        Ok(root)
    }

    /// The node that an artifact's value is: that of the variable it was saved from, or the
    /// statement that saved it.
    pub fn saved_node(&self, variable: Option<&str>, statement: NodeId) -> NodeId {
        variable.and_then(|name| self.variable(name)).unwrap_or(statement)
    }

    fn span(&self, at: usize, range: Range) -> Span {
        Span { source: self.sources[at].source.id, start: range.start, end: range.end }
    }

    fn lowering(&mut self, at: usize, control: Option<NodeId>) -> Lowering<'_> {
        Lowering {
            source: self.sources[at].source.id,
            graph: &mut self.graph,
            variables: &self.variables,
            instead: self.activations.instead(),
            past: &self.past,
            lookups: &mut self.lookups,
            control,
            used: FxHashSet::default(),
        }
    }
}
