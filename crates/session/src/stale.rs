//! Stale: cells that would make something else if they ran now.

use std::collections::{BTreeMap, BTreeSet};

use clew_graph::{Graph, NodeId, NodeKind, SourceId, SourceLocation};
use clew_syntax::Unit;

use crate::Capture;

/// What a cell read of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellInput {
    /// The cell.
    pub source: SourceId,
    /// The variable.
    pub name: String,
    /// The cell that made its value as it is now.
    pub maker: SourceId,
    /// The execution count of that.
    pub maker_count: u32,
    /// Whether that was after the cell had run, so that it read another value.
    pub is_changed: bool,
}

/// What each cell of a session read that another one made, in the order in which they ran. A cell that ran
/// several times is there as often.
pub fn cell_inputs(capture: &Capture) -> Vec<CellInput> {
    let graph = capture.graph();
    let mut read: BTreeMap<SourceId, BTreeSet<&str>> = BTreeMap::new();
    let mut last: BTreeMap<SourceId, NodeId> = BTreeMap::new();
    for node in graph.nodes() {
        let Some(source) = source_of(graph, node.id) else { continue };
        last.insert(source, node.id);
        let reads = match &node.kind {
            NodeKind::Call(call) => &call.global_reads,
            NodeKind::Block(block) => &block.global_reads,
            _ => continue,
        };
        // What functions read that ran, which the cell's text does not name.
        read.entry(source).or_default().extend(reads.iter().map(|read| &*read.name));
    }
    let counts: BTreeMap<SourceId, u32> = capture
        .sources()
        .filter_map(|source| match source.location {
            SourceLocation::Cell(count) => Some((source.id, count)),
            _ => None,
        })
        .collect();
    let mut inputs = Vec::new();
    for &source in counts.keys() {
        let Some(unit) = capture.unit(source) else { continue };
        let (before, bound) = inputs_of(&unit);
        let mut names: BTreeSet<&str> = read.remove(&source).unwrap_or_default();
        names.retain(|name| !bound.contains(*name));
        names.extend(before.iter().map(String::as_str));
        for name in names {
            let Some(node) = capture.variable(name) else { continue };
            let Some(maker) = source_of(graph, node).filter(|&maker| maker != source) else {
                continue;
            };
            let Some(&maker_count) = counts.get(&maker) else { continue };
            let is_changed = last.get(&source).is_some_and(|&last| node > last);
            inputs.push(CellInput {
                source,
                name: name.to_owned(),
                maker,
                maker_count,
                is_changed,
            });
        }
    }
    inputs
}

/// The variables that a cell reads before it binds them, and those that it binds for certain.
fn inputs_of(unit: &Unit) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut read, mut bound) = (BTreeSet::new(), BTreeSet::new());
    for &id in unit.top() {
        let access = &unit.statement(id).whole;
        let names = access.reads.iter().map(|read| &read.name);
        read.extend(names.filter(|name| !bound.contains(*name)).cloned());
        let certain = access.binds.iter().filter(|binding| binding.certain);
        bound.extend(certain.map(|binding| binding.name.clone()));
    }
    (read, bound)
}

/// The text that a node belongs to.
fn source_of(graph: &Graph, id: NodeId) -> Option<SourceId> {
    let mut node = graph.get(id)?;
    loop {
        match (&node.span, &node.kind) {
            (Some(span), _) => return Some(span.source),
            (None, NodeKind::Mutate(mutate)) => node = graph.get(mutate.call)?,
            (None, NodeKind::Global(global)) => node = graph.get(global.call)?,
            (None, _) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clew_graph::{SourceLocation, Timestamp};

    use super::cell_inputs;
    use crate::{Bound, Capture, Outcome};

    /// Runs cells whose statements bind what they say, and lists what of their inputs has changed.
    fn check(cells: &[&str], expected: &str) {
        let mut capture = Capture::new();
        for (count, text) in (1..).zip(cells) {
            let source = capture.begin_source(SourceLocation::Cell(count), text).expect("Python");
            let unit = capture.unit(source).expect("it was begun");
            for &id in unit.top() {
                let mut outcome = Outcome::new(source, id, Timestamp(0), Timestamp(1));
                for bound in &unit.statement(id).own.binds {
                    let name = bound.name.clone();
                    outcome.bound.push(Bound { name, certain: true, deleted: false });
                }
                capture.record(&outcome).expect("the report fits");
            }
        }
        let changed: Vec<String> = cell_inputs(&capture)
            .iter()
            .filter(|input| input.is_changed)
            .map(|input| {
                format!("{} {} {}", input.source.index() + 1, input.name, input.maker_count)
            })
            .collect();
        assert_eq!(changed.join(", "), expected);
    }

    #[test]
    fn a_cell_is_stale_when_another_bound_what_it_read() {
        check(&["x = 1", "y = x", "z = y"], "");
        check(&["x = 1", "y = x", "x = 2"], "2 x 3");
        check(&["x = 1", "x = 2; y = x", "x = 3"], "");
        check(&["x = 1", "x = x + 1", "y = x"], "");
    }
}
