//! Joined calls: what of a function is needed by one call of it is there for all.
//!
//! The text of a slice has a function once. So a statement of it that is kept for one call runs in every other
//! call that is kept, and all that it needs there is needed too.

use std::collections::BTreeMap;

use clew_graph::{Block, BlockKind, Graph, Node, NodeId, NodeKind, Slice, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// The calls of functions whose statements have nodes of their own.
#[derive(Debug, Default)]
pub(crate) struct JoinedCalls {
    /// Of each call, the header of its function.
    functions: FxHashMap<NodeId, Span>,
    /// Of each call, the node that says how the function was left, where a value was given or something raised.
    exits: FxHashMap<NodeId, NodeId>,
    /// Of each definition whose function ran in no other calls, the node of its header.
    headers: FxHashMap<NodeId, NodeId>,
    /// The nodes of the functions' statements, each with its place and the call that it is of.
    steps: Vec<(Span, NodeId, NodeId)>,
}

/// A step of a call that is needed because another call of the function, or what holds its text, is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shared {
    pub(crate) step: NodeId,
    pub(crate) call: NodeId,
}

impl JoinedCalls {
    /// Those of a session.
    pub(crate) fn of(graph: &Graph) -> Self {
        let mut joined = Self::default();
        let mut calls: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        for node in graph.nodes() {
            let around = node.control.and_then(|control| match joined.functions.get(&control) {
                Some(_) => Some(control),
                None => calls.get(&control).copied(),
            });
            if let Some(around) = around {
                calls.insert(node.id, around);
                joined.steps.extend(node.span.map(|span| (span, node.id, around)));
            }
            let NodeKind::Block(block) = &node.kind else { continue };
            match (block.kind, node.span, around) {
                (BlockKind::Call, Some(_), _) => {
                    let header = header_of(graph, block);
                    joined.functions.extend(header.map(|header| (node.id, header)));
                }
                (BlockKind::Call, None, Some(around)) => {
                    joined.exits.insert(around, node.id);
                }
                (BlockKind::Call, None, None) => {
                    let mut both = block.implicit_dependencies.iter().map(|needed| needed.node);
                    joined.headers.extend(both.next().zip(both.next()));
                }
                _ => {}
            }
        }
        joined.steps.sort_unstable_by_key(|&(span, id, _)| (span.source, span.start, span.end, id));
        joined
    }

    /// Of each definition whose function ran in no calls but those that were followed, the node of its header. Who hands
    /// the function on needs no more: what of its body is needed the nodes of its calls say.
    pub(crate) fn headers(&self) -> &FxHashMap<NodeId, NodeId> {
        &self.headers
    }

    /// Whether no function was followed.
    pub(crate) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// The nodes that a slice lacks because calls share their function's text.
    pub(crate) fn missing(&self, graph: &Graph, slice: &Slice) -> Vec<NodeId> {
        let mut missing: Vec<NodeId> =
            self.shared(graph, slice).map(|shared| shared.step).collect();
        missing.retain(|&id| !slice.contains(id));
        missing
    }

    /// How many calls of the function with this header were followed.
    pub(crate) fn calls_of(&self, header: Span) -> usize {
        self.functions.values().filter(|&&known| known == header).count()
    }

    /// The steps that a slice needs because calls share their function's text.
    pub(crate) fn shared(
        &self,
        graph: &Graph,
        slice: &Slice,
    ) -> impl Iterator<Item = Shared> + use<> {
        let kept = self.functions.iter().filter(|(call, _)| slice.contains(**call));
        let mut by_function: BTreeMap<Span, Vec<NodeId>> = BTreeMap::new();
        for (&call, &function) in kept {
            by_function.entry(function).or_default().push(call);
        }
        let mut missing: Vec<Shared> = Vec::new();
        for calls in by_function.values().filter(|calls| calls.len() > 1) {
            let exits = calls.iter().filter_map(|call| Some((*call, *self.exits.get(call)?)));
            missing.extend(exits.map(|(call, step)| Shared { step, call }));
        }
        let wide = slice.ids().filter_map(|id| graph.get(id)).filter_map(wide_span);
        for span in wide.collect::<FxHashSet<Span>>() {
            let of_kept = self.within(span).filter(|(step, ..)| *step != span);
            let of_kept = of_kept.filter(|(_, _, call)| slice.contains(*call));
            missing.extend(of_kept.map(|&(_, step, call)| Shared { step, call }));
        }
        let (mut at, mut next) = (0, 0);
        while at < self.steps.len() {
            let span = self.steps[at].0;
            while self.steps.get(next).is_some_and(|step| step.0 == span) {
                next += 1;
            }
            let same = &self.steps[at..next];
            let kept = || same.iter().filter(|&&(_, _, call)| slice.contains(call));
            // Of what one call alone needs its own nodes say everything.
            let has_others = |call: NodeId| {
                let function = self.functions.get(&call);
                function
                    .and_then(|function| by_function.get(function))
                    .is_some_and(|all| all.len() > 1)
            };
            if kept().any(|&(_, _, call)| has_others(call))
                && same.iter().any(|&(_, id, _)| slice.contains(id))
            {
                missing.extend(kept().map(|&(_, step, call)| Shared { step, call }));
            }
            at = next;
        }
        missing.into_iter()
    }

    /// The nodes that stand within a stretch of text.
    fn within(&self, span: Span) -> impl Iterator<Item = &(Span, NodeId, NodeId)> {
        let first = self
            .steps
            .partition_point(|(known, ..)| (known.source, known.start) < (span.source, span.start));
        let rest = self.steps[first..].iter();
        let near = rest
            .take_while(move |(known, ..)| known.source == span.source && known.start < span.end);
        near.filter(move |(known, ..)| span.contains(known))
    }
}

/// The header of the function that a call is of.
fn header_of(graph: &Graph, call: &Block) -> Option<Span> {
    let needed = call.implicit_dependencies.iter().filter_map(|needed| graph.get(needed.node));
    let mut definitions = needed.filter(|node| {
        matches!(&node.kind, NodeKind::Block(Block { kind: BlockKind::Function, .. }))
    });
    definitions.next()?.span
}

/// The place of a node that stands for all statements in it.
fn wide_span(node: &Node) -> Option<Span> {
    let is_wide = matches!(&node.kind, NodeKind::Block(block) if block.kind != BlockKind::Call);
    node.span.filter(|_| is_wide)
}
