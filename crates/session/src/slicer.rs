//! Slicer: from a node back to the text that made it.

use std::collections::{BTreeMap, BTreeSet};

use clew_graph::{
    Block, BlockKind, Graph, Node, NodeId, NodeKind, Role, Slice, Source, SourceId, SourceLocation,
    Span, Undo, is_of_function,
};
use clew_syntax::{Kept, ParseError, Range, StatementId, Unit};
use rustc_hash::FxHashMap;

use crate::cells_text::{CellsText, is_unexecuted, join};
use crate::doubt::is_doubtful;
use crate::joined_calls::JoinedCalls;
use crate::{Adjustment, Position};

/// The node that each variable's value is.
pub type Variables = BTreeMap<String, NodeId>;

/// Why there is no slice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SliceError {
    /// A text of the session cannot be read again.
    #[error("a text of the session cannot be read")]
    Parse(#[from] ParseError),
}

/// A statement: the text that it is in, by its place among them, and which one there.
pub(crate) type Key = (usize, StatementId);

/// Cuts slices out of one session.
#[derive(Debug)]
pub struct Slicer<'a> {
    graph: &'a Graph,
    units: Vec<(SourceId, Unit)>,
    locations: BTreeMap<SourceId, SourceLocation>,
    /// Of each unit what stays of it where no node needs any of it.
    least: Vec<Least>,
    /// How many statements the session has.
    statements: usize,
    /// The `try` statements with those of their handlers that did not run, and the `with` statements
    /// with what leaving them refers to.
    companions: FxHashMap<NodeId, Vec<NodeId>>,
    /// The nodes by which others let go of what nodes had made.
    undos: Vec<(NodeId, &'a Undo)>,
    cells: Option<CellsText>,
    joined: JoinedCalls,
}

/// What stays of a unit of which nothing is needed: what says how it is to be read.
#[derive(Debug)]
struct Least {
    kept: Kept,
    text: String,
}

/// A slice of a session's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sliced {
    /// The text: valid Python that, run alone, makes the value again.
    pub code: String,
    /// What of it comes from each of the session's texts, in order, those of which nothing is left aside.
    pub parts: Vec<(SourceId, String)>,
    /// How many statements it holds.
    pub kept: usize,
    /// How many statements the session has.
    pub statements: usize,
    /// The first statement in it that could not be followed, so that it may lack lines.
    pub unknown: Option<Position>,
    /// The variables in it whose values others made than the session's statements.
    pub unrecorded: BTreeSet<String>,
}

/// A slice, and the statements that are in it.
pub(crate) struct Selection {
    pub(crate) sliced: Sliced,
    /// Of each unit of which something is needed, by its place.
    pub(crate) kept: BTreeMap<usize, Kept>,
}

impl Selection {
    /// What is kept of a unit, by its place.
    pub(crate) fn kept_of(&self, at: usize) -> Option<&Kept> {
        self.kept.get(&at)
    }
}

impl Sliced {
    /// A digest of the text, in hexadecimal, by which certificates name it.
    pub fn digest(&self) -> String {
        blake3::hash(self.code.as_bytes()).to_hex().to_string()
    }
}

impl<'a> Slicer<'a> {
    /// Reads the texts of a session.
    ///
    /// # Errors
    /// When a text is not Python; it was when it ran.
    pub fn new(graph: &'a Graph, sources: &[Source]) -> Result<Self, SliceError> {
        let units: Vec<(SourceId, Unit)> = sources
            .iter()
            .map(|source| Ok((source.id, clew_syntax::parse(&source.text)?)))
            .collect::<Result<Vec<_>, SliceError>>()?;
        let is_cell = |source: &Source| matches!(source.location, SourceLocation::Cell(_));
        let cells = sources.iter().any(is_cell).then(|| CellsText::new(graph, &units));
        let ran: BTreeSet<(SourceId, u32)> = graph
            .nodes()
            .iter()
            .filter(|node| !is_unexecuted(node))
            .filter_map(|node| node.span.map(|span| (span.source, span.start)))
            .collect();
        let comes_along = |node: &&Node| {
            let guard = node.control.and_then(|control| graph.get(control));
            node.span.is_some_and(|span| {
                let within = (span.source, span.start)..(span.source, span.end);
                let leaves = guard.is_some_and(|guard| guard.span == Some(span));
                is_unexecuted(node) && (leaves || ran.range(within).next().is_none())
            })
        };
        let nodes = graph.nodes().iter().filter(comes_along);
        let mut companions: FxHashMap<NodeId, Vec<NodeId>> = FxHashMap::default();
        for node in nodes {
            if let Some(guard) = node.control {
                companions.entry(guard).or_default().push(node.id);
            }
        }
        for &(id, other) in cells.iter().flat_map(|cells| &cells.around) {
            companions.entry(id).or_default().push(other);
        }
        let undos = graph.nodes().iter().filter_map(|node| match &node.kind {
            NodeKind::Undo(undo) => Some((node.id, undo)),
            _ => None,
        });
        let undos = undos.collect();
        let locations = sources.iter().map(|source| (source.id, source.location.clone())).collect();
        let least = units.iter().map(|(_, unit)| {
            let kept = unit.keep([]);
            Least { text: unit.cut(&kept), kept }
        });
        let least = least.collect();
        let statements = units.iter().map(|(_, unit)| unit.statements().len()).sum();
        let joined = JoinedCalls::of(graph);
        Ok(Self { graph, units, locations, least, statements, companions, undos, cells, joined })
    }

    /// The nodes that some nodes need. With a `try` come its handlers; one that ran has nodes of its
    /// own, which say what of it is needed. With a `with` comes what leaving it refers to.
    pub(crate) fn nodes_of(&self, sinks: impl IntoIterator<Item = NodeId>) -> Slice {
        self.nodes_without(sinks, &[])
    }

    /// As [`nodes_of`](Self::nodes_of), as if some statements had done nothing of what it is doubtful that it
    /// matters.
    fn nodes_without(&self, sinks: impl IntoIterator<Item = NodeId>, idle: &[Span]) -> Slice {
        let mut sinks: Vec<NodeId> = sinks.into_iter().collect();
        // A function that is wanted itself is wanted as it is, whoever called it.
        let functions = sinks.iter().filter_map(|&id| self.graph.function_behind(id));
        sinks.extend(functions.collect::<Vec<_>>());
        let is_listed = |id: NodeId| {
            self.owner(id).is_some_and(|(at, statement)| {
                let (source, unit) = &self.units[at];
                idle.contains(&span_of(*source, unit.statement(statement).range))
            })
        };
        let is_idle = |node: &Node, role: Role, input: NodeId| {
            is_doubtful(self.graph, node, (role, input)) && is_listed(input)
        };
        loop {
            let wanted = sinks.iter().copied();
            let slice = match idle {
                [] => self.graph.slice_with(wanted, self.joined.headers()),
                _ => self.graph.slice_past(wanted, self.joined.headers(), is_idle),
            };
            if self.companions.is_empty() && self.undos.is_empty() && self.joined.is_empty() {
                return slice;
            }
            let before = sinks.len();
            let companions = slice.ids().filter_map(|guard| self.companions.get(&guard)).flatten();
            let undos = self.undos_in(&slice).flat_map(|(_, undo)| &undo.global_reads);
            let wanted = companions.copied().chain(undos.map(|read| read.node));
            sinks.extend(wanted.filter(|&wanted| !slice.contains(wanted)));
            if sinks.len() == before && !self.joined.is_empty() {
                sinks.extend(self.joined.missing(self.graph, &slice));
            }
            if sinks.len() == before {
                return slice;
            }
        }
    }

    /// The nodes by which others let go of something, where that matters to a slice.
    pub(crate) fn undos_in<'s>(
        &'s self,
        slice: &'s Slice,
    ) -> impl Iterator<Item = (NodeId, &'a Undo)> + 's {
        let undos = self.undos.iter().copied().filter(|&(id, _)| slice.contains(id));
        undos.filter(|(_, undo)| undo.matters(|step| slice.contains(step)))
    }

    /// The text that some nodes need.
    pub fn slice(&self, sinks: impl IntoIterator<Item = NodeId>) -> Sliced {
        self.select(sinks, &Adjustment::default()).sliced
    }

    /// The text that some nodes need, as proofs have adjusted it.
    pub fn slice_with(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        adjustment: &Adjustment,
    ) -> Sliced {
        self.select(sinks, adjustment).sliced
    }

    /// What is kept for the sake of some nodes.
    pub(crate) fn select(
        &self,
        sinks: impl IntoIterator<Item = NodeId>,
        Adjustment { put_back, left_out }: &Adjustment,
    ) -> Selection {
        let within = |node: &&Node| {
            node.span.is_some_and(|span| put_back.iter().any(|whole| whole.contains(&span)))
        };
        let put = || self.graph.nodes().iter().filter(within).map(|node| node.id);
        let slice = match put_back[..] {
            [] => self.nodes_without(sinks, left_out),
            _ => self.nodes_without(sinks.into_iter().chain(put()), left_out),
        };
        let mut ranges = self.ranges(&slice);
        for span in put_back {
            ranges.entry(span.source).or_default().push(Range::new(span.start, span.end));
        }
        let mut kept = BTreeMap::new();
        let (mut texts, mut count) = (Vec::new(), 0);
        for (at, ((source, unit), least)) in self.units.iter().zip(&self.least).enumerate() {
            let choice = ranges.remove(source).map(|ranges| unit.keep(ranges));
            let holds = choice.as_ref().unwrap_or(&least.kept).len();
            count += holds;
            if self.cells.is_none() {
                let text =
                    choice.as_ref().map_or_else(|| least.text.clone(), |kept| unit.cut(kept));
                texts.push((holds > 0, (*source, text)));
            } else if choice.is_none() && holds > 0 {
                kept.insert(at, least.kept.clone());
            }
            kept.extend(choice.map(|choice| (at, choice)));
        }
        if let Some(cells) = &self.cells {
            let undone: Vec<(NodeId, &str)> =
                self.undos_in(&slice).map(|(id, undo)| (id, undo.text.as_str())).collect();
            let parts = cells.text((self.graph, &slice), &self.units, &kept, &undone);
            texts.extend(parts.into_iter().map(|part| (!part.is_between, part.text)));
        }
        let code = join(texts.iter().map(|(_, (_, text))| text.as_str()));
        let parts = texts.into_iter().filter(|(holds, _)| *holds).map(|(_, part)| part).collect();
        let unknown = self.first_unknown(&slice);
        let unrecorded = self.unrecorded(&slice);
        let statements = self.statements;
        let sliced = Sliced { code, parts, kept: count, statements, unknown, unrecorded };
        Selection { sliced, kept }
    }

    /// What of a unit is kept by a selection.
    pub(crate) fn kept_of<'s>(&'s self, selection: &'s Selection, at: usize) -> &'s Kept {
        selection.kept.get(&at).unwrap_or(&self.least[at].kept)
    }

    /// The statements that a selection leaves out, in the order of the text.
    pub(crate) fn dropped(&self, selection: &Selection) -> Vec<Span> {
        let mut dropped = Vec::new();
        for (at, (source, unit)) in self.units.iter().enumerate() {
            let kept = self.kept_of(selection, at);
            // What is in a function that is left out is left out with it.
            let is_reached =
                |id| unit.definition_around(id).is_none_or(|around| kept.contains(around));
            let all = unit.statements().iter();
            let left_out = all.filter(|known| !kept.contains(known.id) && is_reached(known.id));
            dropped.extend(left_out.map(|statement| span_of(*source, statement.range)));
        }
        dropped
    }

    /// The text of a stretch of the session.
    pub(crate) fn text_of(&self, span: Span) -> &str {
        let unit = self.units.iter().find(|(source, _)| *source == span.source);
        unit.map_or("", |(_, unit)| Range::new(span.start, span.end).of(unit.text()))
    }

    /// Where the text of some nodes stands.
    pub(crate) fn ranges(&self, slice: &Slice) -> BTreeMap<SourceId, Vec<Range>> {
        let mut ranges: BTreeMap<SourceId, Vec<Range>> = BTreeMap::new();
        for id in slice.ids() {
            if let Some(span) = self.graph.get(id).and_then(|node| node.span) {
                ranges.entry(span.source).or_default().push(Range::new(span.start, span.end));
            }
        }
        ranges
    }

    pub(crate) fn joined(&self) -> &JoinedCalls {
        &self.joined
    }

    pub(crate) fn graph(&self) -> &Graph {
        self.graph
    }

    /// A node of the session.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.graph.get(id)
    }

    pub(crate) fn units(&self) -> &[(SourceId, Unit)] {
        &self.units
    }

    /// The nodes that an artifact needs, beside all that those need. An instance of one of the program's own
    /// classes, or one of its functions, is of use only with what its methods refer to, though they may not
    /// have run; `variables` says which node each variable's value is.
    pub fn sinks_of_artifact(
        &self,
        node: NodeId,
        type_name: &str,
        variables: &Variables,
    ) -> Vec<NodeId> {
        let own = type_name.starts_with("__main__.")
            || matches!(type_name, "builtins.function" | "builtins.type");
        let mut sinks = vec![node];
        let mut known: BTreeSet<String> = BTreeSet::new();
        loop {
            let before = sinks.len();
            if !own {
                return sinks;
            }
            for id in self.nodes_of(sinks.iter().copied()).ids() {
                for name in self.deferred_reads(id) {
                    if let Some(&node) = variables.get(&name)
                        && known.insert(name)
                    {
                        sinks.push(node);
                    }
                }
            }
            if sinks.len() == before {
                return sinks;
            }
        }
    }

    /// The variables that the bodies of a definition refer to.
    fn deferred_reads(&self, id: NodeId) -> Vec<String> {
        let Some(node) = self.graph.get(id) else { return Vec::new() };
        let (
            NodeKind::Block(Block { kind: BlockKind::Function | BlockKind::Class, .. }),
            Some(span),
        ) = (&node.kind, node.span)
        else {
            return Vec::new();
        };
        let Some((_, unit)) = self.units.iter().find(|(source, _)| *source == span.source) else {
            return Vec::new();
        };
        let range = Range::new(span.start, span.end);
        unit.scopes()
            .iter()
            .filter(|scope| range.contains(scope.range))
            .flat_map(|scope| scope.reads.iter().map(|read| read.name.clone()))
            .collect()
    }

    /// The variable of the module that a node's value was bound to by the statement that made it, if by one.
    pub fn variable_of(&self, node: NodeId) -> Option<String> {
        self.bound_to(node).filter(|name| !is_of_function(name))
    }

    /// Whether the function of the module that a variable is of may have run in calls that were not followed, so that
    /// the variable is that of an earlier call.
    pub fn may_have_run_unfollowed(&self, variable: &str, variables: &Variables) -> bool {
        let function = variable.split_once('.').and_then(|(function, _)| variables.get(function));
        let definition = function.and_then(|&node| self.graph.function_behind(node));
        definition.is_some_and(|definition| !self.joined.headers().contains_key(&definition))
    }

    fn bound_to(&self, node: NodeId) -> Option<String> {
        let mut node = self.graph.get(node)?;
        loop {
            match &node.kind {
                NodeKind::Mutate(mutate) => node = self.graph.get(mutate.source)?,
                NodeKind::Global(global) => return Some(global.name.clone()),
                _ => break,
            }
        }
        let span = node.span?;
        let (_, unit) = self.units.iter().find(|(source, _)| *source == span.source)?;
        let kept = unit.keep([Range::new(span.start, span.end)]);
        let statement = kept
            .statements()
            .map(|id| unit.statement(id))
            .filter(|statement| !statement.is_compound() && statement.range.start <= span.start)
            .rfind(|statement| span.end <= statement.range.end)?;
        match statement.own.binds.as_slice() {
            [binding] if binding.certain && !binding.deletes => Some(binding.name.clone()),
            _ => None,
        }
    }

    /// What the innermost statement on a line of the session's first text did last, counted from 1; `None` where
    /// none ran.
    pub fn step_on_line(&self, line: usize) -> Option<NodeId> {
        let (_, unit) = self.units.first()?;
        let mut lines = unit.text().split_inclusive('\n');
        let start: usize = lines.by_ref().take(line.checked_sub(1)?).map(str::len).sum();
        let end = start + lines.next()?.trim_end().len();
        let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        let statements = unit.statements().iter();
        let mut on_line =
            statements.filter(|known| known.range.start < end && known.range.end > start);
        let wanted = (0, on_line.next_back()?.id);
        let ran = self.graph.nodes().iter().rev().filter(|node| !is_unexecuted(node));
        ran.filter(|node| node.span.is_some())
            .map(|node| node.id)
            .find(|&id| self.owner(id) == Some(wanted))
    }

    /// The whole text of the session, for a run that slices are compared with.
    pub fn program(&self) -> String {
        let texts: Vec<&str> = self.units.iter().map(|(_, unit)| unit.text()).collect();
        texts.join("\n")
    }

    /// The statement that a node belongs to.
    pub(crate) fn owner(&self, id: NodeId) -> Option<Key> {
        let mut node = self.graph.get(id)?;
        loop {
            match &node.kind {
                NodeKind::Mutate(mutate) => node = self.graph.get(mutate.call)?,
                NodeKind::Global(global) => node = self.graph.get(global.call)?,
                NodeKind::Else(other) if node.span.is_none() => {
                    node = self.graph.get(other.companion)?;
                }
                _ => break,
            }
        }
        let span = node.span?;
        let at = self.units.iter().position(|(source, _)| *source == span.source)?;
        let (_, unit) = &self.units[at];
        Some((at, unit.statement_around(Range::new(span.start, span.end))?))
    }

    /// Where the statement that a node belongs to stands.
    pub(crate) fn position_of(&self, id: NodeId) -> Option<Position> {
        Some(self.position(self.owner(id)?))
    }

    /// Where a statement stands.
    pub(crate) fn position(&self, (at, statement): Key) -> Position {
        let (source, unit) = &self.units[at];
        let start = unit.statement(statement).range.start as usize;
        let before = unit.text().get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Position { source: *source, cell: self.cell_of(*source), line }
    }

    /// How cells ran, where the session is made of such.
    pub(crate) fn cells(&self) -> Option<&CellsText> {
        self.cells.as_ref()
    }

    /// The cell that a text of the session is, by its execution count, if it is one.
    pub(crate) fn cell_of(&self, source: SourceId) -> Option<u32> {
        match self.locations.get(&source) {
            Some(SourceLocation::Cell(count)) => Some(*count),
            _ => None,
        }
    }

    /// The variables that others than the session's statements bound or changed.
    fn unrecorded(&self, slice: &Slice) -> BTreeSet<String> {
        let nodes = slice.ids().filter_map(|id| self.graph.get(id));
        let others = nodes.filter(|node| node.span.is_none()).filter_map(|node| match &node.kind {
            NodeKind::Block(block) if block.kind == BlockKind::Unknown => Some(&block.calls),
            _ => None,
        });
        others.flatten().cloned().collect()
    }

    fn first_unknown(&self, slice: &Slice) -> Option<Position> {
        let is_unknown = |node: &&Node| {
            matches!(&node.kind, NodeKind::Block(Block { kind: BlockKind::Unknown, .. }))
        };
        let mut unknown = slice.ids().filter_map(|id| self.graph.get(id)).filter(is_unknown);
        unknown.find_map(|node| self.position_of(node.id))
    }
}

pub(crate) fn span_of(source: SourceId, range: Range) -> Span {
    Span { source, start: range.start, end: range.end }
}
