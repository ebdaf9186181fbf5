//! Cells' text: what is kept of a session in several texts, in the order in which it ran.
//!
//! A cell may run others, which then stand in the midst of it; one that raised ends there, and the session
//! goes on; a value that is shown is kept by the number of its cell. As one program, all that is said by
//! order, by `try` and by assignments.

use std::collections::{BTreeMap, BTreeSet};

use clew_graph::{Block, BlockKind, Graph, Node, NodeId, NodeKind, Slice, SourceId, Span};
use clew_syntax::{Kept, StatementId, Template, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

/// A statement at the top of a text: which text, by its place among all, and which statement.
type Top = (usize, StatementId);

/// How the texts of a session ran.
#[derive(Debug, Default)]
pub(crate) struct CellsText {
    /// The statements that ran other texts, by those.
    ran_by: FxHashMap<usize, Top>,
    /// The nodes of statements that ran other texts, each with the last of its statement and the other way
    /// round: who keeps the text needs all of it.
    pub(crate) around: Vec<(NodeId, NodeId)>,
    /// The statements that raised, so that the rest of their text did not run.
    raised: BTreeSet<Top>,
    /// The nodes of statements, each with the text that it is in.
    steps: Vec<(NodeId, usize)>,
}

/// A stretch of a program of cells.
pub(crate) struct Part {
    /// The text, and that which it is of, or which ran before it.
    pub(crate) text: (SourceId, String),
    /// Whether it says what others did between two cells, which cells need not.
    pub(crate) is_between: bool,
}

impl CellsText {
    pub(crate) fn new(graph: &Graph, units: &[(SourceId, Unit)]) -> Self {
        let mut found = Self::default();
        let steps: Vec<(NodeId, Top)> = graph
            .nodes()
            .iter()
            .filter(|node| !is_unexecuted(node))
            .filter_map(|node| Some((node.id, top_at(units, node.span?)?)))
            .collect();
        let mut bounds: FxHashMap<usize, (usize, usize)> = FxHashMap::default();
        for (place, &(_, (source, _))) in steps.iter().enumerate() {
            bounds.entry(source).or_insert((place, place)).1 = place;
        }
        let mut around: FxHashMap<Top, usize> = FxHashMap::default();
        for (&source, &(first, last)) in &bounds {
            let before = first.checked_sub(1).and_then(|place| steps.get(place));
            let (Some(&(_, before)), Some(&(_, after))) = (before, steps.get(last + 1)) else {
                continue;
            };
            if before == after {
                found.ran_by.insert(source, before);
                let place = around.entry(before).or_default();
                *place = (*place).max(last + 1);
            }
        }
        for (top, last) in around {
            let rest = steps[last..].iter().take_while(|(_, other)| *other == top).count();
            let (to, _) = steps[last + rest - 1];
            let own = steps[..last].iter().filter(|(_, other)| *other == top);
            found.around.extend(own.flat_map(|&(id, _)| [(id, to), (to, id)]));
        }
        found.steps = steps.iter().map(|&(id, (at, _))| (id, at)).collect();
        found.raised = graph.nodes().iter().filter_map(|node| raised_before(units, node)).collect();
        found
    }

    /// Whether a statement raised, and the session went on.
    pub(crate) fn has_raised(&self, top: Top) -> bool {
        self.raised.contains(&top)
    }

    /// Whether a text ran within a statement that is kept, so that it runs with that.
    fn runs_with(&self, at: usize, kept: &BTreeMap<usize, Kept>) -> bool {
        let outer = std::iter::successors(self.ran_by.get(&at), |top| self.ran_by.get(&top.0));
        outer
            .into_iter()
            .any(|(at, statement)| kept.get(at).is_some_and(|kept| kept.contains(*statement)))
    }

    /// Whether something happened while a text was between two of its statements.
    fn is_within(&self, id: NodeId) -> bool {
        let behind = self.steps.partition_point(|&(step, _)| step < id);
        let before = behind.checked_sub(1).and_then(|place| self.steps.get(place));
        let texts = (before.map(|&(_, at)| at), self.steps.get(behind).map(|&(_, at)| at));
        texts.0.is_some() && texts.0 == texts.1
    }

    /// The text of what is kept, by the texts that it is of, in order, with what others did in its midst.
    pub(crate) fn text(
        &self,
        (graph, slice): (&Graph, &Slice),
        units: &[(SourceId, Unit)],
        kept: &BTreeMap<usize, Kept>,
        undone: &[(NodeId, &str)],
    ) -> Vec<Part> {
        let mut first: BTreeMap<Top, NodeId> = BTreeMap::new();
        let mut results: FxHashMap<Top, String> = FxHashMap::default();
        let mut uses: FxHashMap<Top, BTreeSet<NodeId>> = FxHashMap::default();
        for node in slice.ids().filter_map(|id| graph.get(id)) {
            if let NodeKind::Global(global) = &node.kind
                && is_result(&global.name)
                && let Some(span) = graph.get(global.call).and_then(|call| call.span)
                && let Some(top) = top_at(units, span)
            {
                results.insert(top, global.name.clone());
            }
            let Some(top) = node.span.and_then(|span| top_at(units, span)) else { continue };
            first.entry(top).or_insert(node.id);
            node.kind.visit_inputs(&mut |_, input| {
                if is_result_of(graph, input).is_some() {
                    uses.entry(top).or_default().insert(input);
                }
            });
        }
        let mut tops: Vec<(NodeId, Top)> = Vec::new();
        for (&at, choice) in kept {
            if self.runs_with(at, kept) {
                continue;
            }
            let unit = &units[at].1;
            let mut order = NodeId::new(0);
            for &id in unit.top().iter().filter(|&&id| choice.contains(id)) {
                order = order.max(first.get(&(at, id)).copied().unwrap_or(order));
                tops.push((order, (at, id)));
            }
        }
        tops.sort_by_key(|&(order, _)| order);
        let mut parts: Vec<Part> = Vec::new();
        let (mut left, mut undone) = (&tops[..], undone);
        while let Some(&(order, top)) = left.first() {
            while let Some((&(id, text), later)) =
                undone.split_first().filter(|(first, _)| first.0 < order)
            {
                let source = parts.last().map_or(units[top.0].0, |part| part.text.0);
                add(&mut parts, source, text.to_owned(), !self.is_within(id));
                undone = later;
            }
            let (at, id) = top;
            let unit = &units[at].1;
            let of_last = uses.get(&top).map(|nodes| names_of_last(graph, unit, id, nodes));
            let end = undone.first().map_or(NodeId::new(u32::MAX), |&(id, _)| id);
            let is_plain = |top: &Top| {
                !self.raised.contains(top) && !results.contains_key(top) && !uses.contains_key(top)
            };
            let together = match is_plain(&top) {
                true => left
                    .iter()
                    .take_while(|(order, next)| *order < end && next.0 == at && is_plain(next))
                    .count(),
                false => 1,
            };
            let ids: Vec<StatementId> = left[..together].iter().map(|&(_, (_, id))| id).collect();
            let all = kept[&at].statements().filter(|&id| unit.statement(id).parent.is_none());
            let mut text = match all.eq(ids.iter().copied()) {
                true => unit.cut(&kept[&at]),
                false => unit.cut(&kept[&at].within(unit, &ids)),
            };
            if let Some(name) = results.get(&top)
                && matches!(unit.statement(id).template, Template::Expression(_))
                && let Some(place) = text.rfind(unit.statement(id).range.of(unit.text()))
            {
                text.insert_str(place, &format!("{name} = "));
            }
            text.insert_str(0, &of_last.unwrap_or_default());
            if self.raised.contains(&top) {
                text = caught(&text);
            }
            add(&mut parts, units[at].0, text, false);
            left = &left[together..];
        }
        parts
    }
}

/// Adds to the part that is of the same text, or as one of its own.
fn add(parts: &mut Vec<Part>, source: SourceId, text: String, is_between: bool) {
    let same = |part: &&mut Part| part.text.0 == source && part.is_between == is_between;
    match parts.last_mut().filter(same) {
        Some(Part { text: (_, before), .. }) => *before = join([before.as_str(), &text]),
        None => parts.push(Part { text: (source, text), is_between }),
    }
}

/// A text that raised, and after which the session went on.
fn caught(text: &str) -> String {
    let Ok(unit) = clew_syntax::parse(text) else { return text.to_owned() };
    let body = unit.indented();
    let end = if body.ends_with('\n') { "" } else { "\n" };
    format!("try:\n{body}{end}except BaseException:\n    pass\n")
}

/// The statement at the top in which a stretch of a text begins.
fn top_at(units: &[(SourceId, Unit)], span: Span) -> Option<Top> {
    let at = units.binary_search_by_key(&span.source, |(source, _)| *source).ok()?;
    let unit = &units[at].1;
    let behind = unit.top().partition_point(|&id| unit.statement(id).range.end <= span.start);
    let id = *unit.top().get(behind)?;
    (unit.statement(id).range.start <= span.start).then_some((at, id))
}

/// The statement that raised, where a node is the rest of a text that did not run.
fn raised_before(units: &[(SourceId, Unit)], node: &Node) -> Option<Top> {
    let span = node.span.filter(|_| is_unexecuted(node))?;
    let at = units.binary_search_by_key(&span.source, |(source, _)| *source).ok()?;
    let unit = &units[at].1;
    if node.control.is_some() || span.end as usize != unit.text().len() {
        return None;
    }
    let mut top = unit.top().iter();
    top.find(|&&id| unit.statement(id).range.end == span.start).map(|&id| (at, id))
}

/// Whether a shell keeps a result by this name: `_12`.
pub(crate) fn is_result(name: &str) -> bool {
    let number = name.strip_prefix('_').filter(|number| !number.is_empty());
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name of a result of a cell, with its number, where a node is one or what became of it.
fn is_result_of(graph: &Graph, id: NodeId) -> Option<(u32, &str)> {
    let mut node = graph.get(id)?;
    while let NodeKind::Mutate(mutate) = &node.kind {
        node = graph.get(mutate.source)?;
    }
    let NodeKind::Global(global) = &node.kind else { return None };
    let name = global.name.as_str();
    is_result(name).then(|| Some((name[1..].parse().ok()?, name)))?
}

/// Assignments of the names of the last results that a statement reads.
fn names_of_last(graph: &Graph, unit: &Unit, id: StatementId, used: &BTreeSet<NodeId>) -> String {
    let reads: FxHashSet<&str> =
        unit.statement(id).whole.reads.iter().map(|read| read.name.as_str()).collect();
    let results = used.iter().filter_map(|&node| is_result_of(graph, node));
    let mut results: Vec<(u32, &str)> = results.filter(|(_, name)| !reads.contains(name)).collect();
    results.sort_unstable();
    results.dedup();
    let names = ["_", "__", "___"].into_iter().filter(|name| reads.contains(name));
    let pairs = names.zip(results.iter().rev());
    pairs.map(|(name, (_, result))| format!("{name} = {result}\n")).collect()
}

/// Whether a node is text that did not run.
pub(crate) fn is_unexecuted(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Block(Block { kind: BlockKind::Unexecuted, .. }))
}

/// Texts below each other, each from the start of a line.
pub(crate) fn join<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().fold(String::new(), |mut code, text| {
        if !code.is_empty() && !code.ends_with('\n') && !text.is_empty() {
            code.push('\n');
        }
        code.push_str(text);
        code
    })
}
