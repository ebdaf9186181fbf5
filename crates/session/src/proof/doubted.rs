//! Doubted: the statements of a slice that are there for doubtful reasons alone.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use clew_graph::{Node, NodeId, NodeKind, Role, Span};
use rustc_hash::FxHashSet;

use crate::Slicer;
use crate::doubt::is_doubtful;
use crate::slicer::{Key, span_of};

/// The statements of a slice that nobody is known to need, the likeliest to be needed first: changes before
/// states, and the latest first. Each is there for doubtful reasons alone.
pub(super) fn doubted(slicer: &Slicer<'_>, sinks: &[NodeId], put_back: &[Span]) -> Vec<Span> {
    let is_change =
        |id: NodeId| matches!(slicer.graph().get(id), Some(Node { kind: NodeKind::Mutate(_), .. }));
    let made = sinks.iter().copied().filter(|&sink| !is_change(sink));
    let mut known: FxHashSet<Key> = made.filter_map(|sink| slicer.owner(sink)).collect();
    let mut doubted: BTreeMap<Key, bool> = BTreeMap::new();
    for id in slicer.nodes_of(sinks.iter().copied()).ids() {
        let (Some(node), Some(user)) = (slicer.graph().get(id), slicer.owner(id)) else { continue };
        slicer.graph().visit_needs(id, &mut |role, input| {
            // A changed value needs what it was and what changed it, and says so itself.
            let Some(owner) = slicer.owner(input).filter(|_| !is_change(input)) else { return };
            if is_doubtful(slicer.graph(), node, (role, input)) {
                *doubted.entry(owner).or_default() |= role == Role::Call;
            } else if owner != user || is_change(id) {
                known.insert(owner);
            }
        });
    }
    let span = |(at, statement): Key| {
        let (source, unit) = &slicer.units()[at];
        span_of(*source, unit.statement(statement).range)
    };
    let mut spans: Vec<(bool, Reverse<Span>)> = doubted
        .into_iter()
        .filter(|(key, _)| !known.contains(key))
        .map(|(key, changes)| (!changes, Reverse(span(key))))
        .filter(|(_, Reverse(span))| !put_back.contains(span))
        .collect();
    spans.sort();
    spans.into_iter().map(|(_, Reverse(span))| span).collect()
}
