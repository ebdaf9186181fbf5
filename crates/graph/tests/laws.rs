//! What holds for every graph, however odd.

use clew_graph::{
    Argument, Block, BlockKind, Call, CallTarget, Cause, Confidence, Else, Global, GlobalRead,
    Graph, If, ImplicitDependency, Import, KeywordArgument, Literal, Lookup, Mutate, NewNode,
    NodeId, NodeKind, Operator, SourceId, Span, Undo,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #[test]
    fn a_graph_survives_text_and_back(graph in graphs()) {
        let text = graph.to_string();
        let back: Graph = text.parse().map_err(|error| {
            TestCaseError::fail(format!("{error} in\n{text}"))
        })?;
        prop_assert_eq!(&back, &graph);
        // Equality takes both zeros for the same number; text does not.
        prop_assert_eq!(back.to_string(), text);
    }

    #[test]
    fn whatever_is_read_is_no_reason_to_panic(text in "(n[0-9] = )?[a-z]{0,8}[ -~\n]{0,30}") {
        _ = text.parse::<Graph>();
    }

    #[test]
    fn every_step_is_visited_once_and_after_all_that_it_needs(graph in graphs()) {
        let order: Vec<NodeId> = graph.visit_order().collect();
        prop_assert_eq!(order.len(), graph.len());
        let mut visited = std::collections::HashSet::new();
        for id in order {
            for (role, parent) in graph.parents(id) {
                prop_assert!(visited.contains(&parent), "{} before {:?} {}", id, role, parent);
            }
            prop_assert!(visited.insert(id));
        }
    }

    #[test]
    fn children_are_the_converse_of_parents(graph in graphs()) {
        let mut down = Vec::new();
        let mut up = Vec::new();
        for id in graph.ids() {
            down.extend(graph.children(id).map(|(role, child)| (child, id, role)));
            up.extend(graph.parents(id).map(|(role, parent)| (id, parent, role)));
        }
        down.sort();
        up.sort();
        prop_assert_eq!(down, up);
    }

    #[test]
    fn a_slice_has_its_sinks_and_all_that_it_needs((graph, sinks) in graphs_and_steps()) {
        let slice = graph.slice(sinks.iter().copied());
        for &sink in &sinks {
            prop_assert!(slice.contains(sink));
        }
        for id in slice.ids() {
            let mut lacking = None;
            graph.visit_needs(id, &mut |_, needed| {
                if !slice.contains(needed) {
                    lacking = Some(needed);
                }
            });
            prop_assert_eq!(lacking, None, "needed by {}", id);
        }
    }

    #[test]
    fn a_slice_has_nothing_that_no_sink_needs((graph, sinks) in graphs_and_steps()) {
        for id in graph.slice(sinks.iter().copied()).ids() {
            let needed = graph.descendants([id]);
            prop_assert!(sinks.contains(&id) || sinks.iter().any(|&sink| needed.contains(sink)));
        }
    }

    #[test]
    fn ancestors_are_the_converse_of_descendants(graph in graphs()) {
        for one in graph.ids() {
            for other in graph.ids() {
                prop_assert_eq!(
                    graph.ancestors([one]).contains(other),
                    graph.descendants([other]).contains(one)
                );
            }
        }
    }
}

fn graphs_and_steps() -> impl Strategy<Value = (Graph, Vec<NodeId>)> {
    (graphs(), vec(any::<u32>(), 0..4)).prop_map(|(graph, steps)| {
        let len = graph.len() as u32;
        let steps = steps.into_iter().filter(|_| len > 0).map(|step| NodeId::new(step % len));
        (graph, steps.collect())
    })
}

fn graphs() -> impl Strategy<Value = Graph> {
    vec((kinds(), option::of(ids()), option::of(spans())), 0..24).prop_map(|nodes| {
        let mut graph = Graph::new();
        for (kind, control, span) in nodes {
            let mut node = NewNode { span, control, kind };
            point_back(&mut node, graph.len() as u32);
            graph.insert(node).expect("all ids point back");
        }
        graph
    })
}

/// Makes a node need only what is there. Where nothing is, a node without needs takes its place.
fn point_back(node: &mut NewNode, len: u32) {
    if len == 0 {
        let mut needs = node.control.is_some();
        node.kind.visit_inputs(&mut |_, _| needs = true);
        if needs {
            *node = NodeKind::Literal(Literal::None).into();
        }
        return;
    }
    let back = |id: &mut NodeId| *id = NodeId::new(id.index() % len);
    node.control.iter_mut().for_each(back);
    match &mut node.kind {
        NodeKind::Import(_) | NodeKind::Lookup(_) | NodeKind::Literal(_) => {}
        NodeKind::Call(call) => {
            if let CallTarget::Node(function) = &mut call.function {
                back(function);
            }
            call.positional.iter_mut().for_each(|argument| back(&mut argument.node));
            call.keyword.iter_mut().for_each(|argument| back(&mut argument.node));
            call.global_reads.iter_mut().for_each(|read| back(&mut read.node));
            call.implicit_dependencies.iter_mut().for_each(|needed| back(&mut needed.node));
        }
        NodeKind::Mutate(mutate) => {
            back(&mut mutate.source);
            back(&mut mutate.call);
        }
        NodeKind::Global(global) => back(&mut global.call),
        NodeKind::If(node) => {
            back(&mut node.test);
            node.companion.iter_mut().for_each(back);
            node.unexecuted.iter_mut().for_each(back);
        }
        NodeKind::Else(node) => {
            back(&mut node.companion);
            node.unexecuted.iter_mut().for_each(back);
        }
        NodeKind::Block(block) => {
            block.global_reads.iter_mut().for_each(|read| back(&mut read.node));
            block.implicit_dependencies.iter_mut().for_each(|needed| back(&mut needed.node));
        }
        NodeKind::Undo(undo) => {
            undo.of.iter_mut().for_each(back);
            undo.global_reads.iter_mut().for_each(|read| back(&mut read.node));
            undo.implicit_dependencies.iter_mut().for_each(|needed| back(&mut needed.node));
        }
    }
}

fn kinds() -> impl Strategy<Value = NodeKind> {
    prop_oneof![
        (names(), option::of(names()), option::of(names())).prop_map(|(name, package, version)| {
            NodeKind::Import(Import { name, package, version })
        }),
        names().prop_map(|name| NodeKind::Lookup(Lookup { name })),
        literals().prop_map(NodeKind::Literal),
        calls().prop_map(NodeKind::Call),
        (ids(), ids(), option::of(causes()))
            .prop_map(|(source, call, cause)| { NodeKind::Mutate(Mutate { source, call, cause }) }),
        (names(), ids()).prop_map(|(name, call)| NodeKind::Global(Global { name, call })),
        (ids(), option::of(ids()), option::of(ids())).prop_map(|(test, companion, unexecuted)| {
            NodeKind::If(If { test, companion, unexecuted })
        }),
        (ids(), option::of(ids()))
            .prop_map(|(companion, unexecuted)| { NodeKind::Else(Else { companion, unexecuted }) }),
        (select(BlockKind::ALL), reads(), vec(needs(), 0..3), vec(names(), 0..3)).prop_map(
            |(kind, global_reads, implicit_dependencies, calls)| {
                NodeKind::Block(Block { kind, global_reads, implicit_dependencies, calls })
            }
        ),
        (names(), vec(ids(), 0..3), reads(), vec(needs(), 0..3)).prop_map(
            |(text, of, global_reads, implicit_dependencies)| {
                NodeKind::Undo(Undo { text, of, global_reads, implicit_dependencies })
            }
        ),
    ]
}

fn calls() -> impl Strategy<Value = Call> {
    let functions = prop_oneof![
        ids().prop_map(CallTarget::Node),
        select(Operator::ALL).prop_map(CallTarget::Operator)
    ];
    let positional = (ids(), any::<bool>()).prop_map(|(node, starred)| Argument { node, starred });
    let keyword =
        (option::of(names()), ids()).prop_map(|(name, node)| KeywordArgument { name, node });
    (functions, vec(positional, 0..4), vec(keyword, 0..4), reads(), vec(needs(), 0..3)).prop_map(
        |(function, positional, keyword, global_reads, implicit_dependencies)| Call {
            function,
            positional,
            keyword,
            global_reads,
            implicit_dependencies,
        },
    )
}

fn needs() -> impl Strategy<Value = ImplicitDependency> {
    (option::of(names()), ids()).prop_map(|(state, node)| ImplicitDependency { node, state })
}

fn causes() -> impl Strategy<Value = Cause> {
    let words = prop_oneof![3 => names(), 1 => Just(Cause::ITEM.to_owned()), 1 => Just(Cause::ATTRIBUTE.to_owned())];
    (words, select(Confidence::ALL)).prop_map(|(by, confidence)| Cause { by, confidence })
}

fn reads() -> impl Strategy<Value = Vec<GlobalRead>> {
    vec((names(), ids()).prop_map(|(name, node)| GlobalRead { name, node }), 0..3)
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::None),
        Just(Literal::Ellipsis),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(Literal::Int),
        // One digit more than 64 bits hold, or many.
        "-?[1-9][0-9]{19,60}".prop_map(Literal::BigInt),
        floats().prop_map(Literal::Float),
        (prop_oneof![Just(0.0), floats()], floats())
            .prop_map(|(real, imaginary)| Literal::Complex { real, imaginary }),
        texts().prop_map(Literal::Str),
        vec(any::<u8>(), 0..12).prop_map(Literal::Bytes),
    ]
}

/// Floats without NaN, which equals nothing. Both zeros, both infinities, and what needs all of an
/// exponent's digits.
fn floats() -> impl Strategy<Value = f64> {
    const ODD: &[f64] =
        &[0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX, 1e-320];
    prop_oneof![
        select(ODD),
        any::<f64>().prop_filter("NaN equals nothing", |value| !value.is_nan()),
    ]
}

/// Names that Python knows, names that look like something else in a line, and no names at all.
fn names() -> impl Strategy<Value = String> {
    const ODD: &[&str] =
        &["", "n0", "under", "of", "reads", "package", "größe", "名前", ".", "a b", "@s0:1-2"];
    prop_oneof!["[a-z_]{1,8}(\\.[a-z]{1,3})?", select(ODD).prop_map(str::to_owned), texts(),]
}

/// Any text, with the signs that mean something in a line or end one more often than by chance.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\"'\\\\\n\r\t\0\u{85}\u{2028}\u{300} {}(),=*@b]{0,8}"]
}

fn spans() -> impl Strategy<Value = Span> {
    (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(source, start, end)| Span {
        source: SourceId::new(source),
        start,
        end,
    })
}

fn ids() -> impl Strategy<Value = NodeId> {
    any::<u32>().prop_map(NodeId::new)
}
