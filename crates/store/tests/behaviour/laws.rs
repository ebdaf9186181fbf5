//! Laws: what holds for every graph and every value.

use clew_graph::{
    Argument, Block, BlockKind, Call, CallTarget, Cause, Confidence, Else, Global, GlobalRead,
    Graph, If, ImplicitDependency, Import, KeywordArgument, Literal, Lookup, Mutate, NewNode,
    NodeId, NodeKind, Operator, SourceId, Span, Undo,
};
use clew_store::Record;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture::{Folder, session};

proptest! {
    // A store is made for each case, which takes a hundred times what the rest does.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_graph_survives_the_store_and_back(graph in graphs(), batch in 1_usize..10) {
        let folder = Folder::new();
        let store = folder.open();
        let session = session(0);
        let writer = store.writer(session.clone());
        for nodes in graph.nodes().chunks(batch) {
            writer.send(Record::Nodes(nodes.to_vec()));
        }
        writer.finish("0").unwrap();
        let back = store.graph(session.id).unwrap();
        prop_assert_eq!(&back, &graph);
        // Equality takes both zeros for the same number; text does not.
        prop_assert_eq!(back.to_string(), graph.to_string());
    }

    #[test]
    fn values_survive_the_store_and_back(values in vec(contents(), 1..5)) {
        let folder = Folder::new();
        let store = folder.open();
        let addresses: Vec<_> = values.iter().map(|value| store.put_value(value).unwrap()).collect();
        for (value, address) in values.iter().zip(addresses) {
            prop_assert_eq!(&store.get_value(address).unwrap(), value);
        }
    }
}

/// Bytes that compress well, badly and not at all.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..300),
        (any::<u8>(), 0_usize..100_000).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

/// Graphs with every kind of node. The numbers are the widest and the texts the strangest that
/// there are, since columns are narrower than Rust's types and SQL has quotes.
fn graphs() -> impl Strategy<Value = Graph> {
    let step = (0_usize..17, vec(any::<u32>(), 8), texts(), any::<i64>(), any::<bool>());
    vec(step, 0..20).prop_map(|steps| {
        let mut graph = Graph::new();
        for (which, numbers, text, number, flag) in steps {
            let node = node(graph.len() as u32, which, &numbers, text, number, flag);
            graph.insert(node).unwrap();
        }
        graph
    })
}

fn node(len: u32, which: usize, numbers: &[u32], text: String, number: i64, flag: bool) -> NewNode {
    let span = Span { source: SourceId::new(numbers[0]), start: numbers[1], end: numbers[2] };
    // There is nothing yet for the first node to point to.
    let back = |number: u32| NodeId::new(number.checked_rem(len).unwrap_or(0));
    let which = if len == 0 { which % 8 } else { which };
    let node = back(numbers[3]);
    let other = back(numbers[4]);
    let maybe = flag.then_some(other);
    let reads = vec![GlobalRead { name: text.clone(), node }];
    let operator = Operator::ALL[numbers[5] as usize % Operator::ALL.len()];
    let kind = match which {
        0 => NodeKind::Literal(Literal::None),
        1 => NodeKind::Literal(Literal::Int(number)),
        2 => NodeKind::Literal(Literal::BigInt(format!("{number}000000000000000000000"))),
        3 => NodeKind::Literal(Literal::Float(float(number))),
        4 => NodeKind::Literal(Literal::Complex { real: 0.0, imaginary: float(number) }),
        5 => NodeKind::Literal(Literal::Str(text)),
        6 => NodeKind::Literal(Literal::Bytes(number.to_le_bytes().to_vec())),
        7 if flag => NodeKind::Lookup(Lookup { name: text }),
        7 => NodeKind::Import(Import { name: text, package: None, version: Some(String::new()) }),
        8 => NodeKind::Literal(Literal::Bool(flag)),
        9 => NodeKind::Literal(Literal::Ellipsis),
        10 => NodeKind::Mutate(Mutate {
            source: node,
            call: other,
            cause: flag.then_some(Cause { by: text, confidence: Confidence::Observed }),
        }),
        11 => NodeKind::Global(Global { name: text, call: node }),
        12 => NodeKind::If(If { test: node, companion: maybe, unexecuted: maybe }),
        13 => NodeKind::Else(Else { companion: node, unexecuted: maybe }),
        14 => NodeKind::Block(Block {
            kind: BlockKind::ALL[numbers[5] as usize % BlockKind::ALL.len()],
            global_reads: reads,
            implicit_dependencies: vec![ImplicitDependency {
                node: other,
                state: Some(String::new()),
            }],
            calls: vec![text],
        }),
        15 => NodeKind::Undo(Undo {
            text,
            of: vec![node],
            global_reads: reads,
            implicit_dependencies: vec![other.into()],
        }),
        _ => NodeKind::Call(Call {
            function: if flag { CallTarget::Node(node) } else { CallTarget::Operator(operator) },
            positional: vec![Argument { node, starred: flag }],
            keyword: vec![KeywordArgument { name: flag.then_some(text), node: other }],
            global_reads: reads,
            implicit_dependencies: vec![other.into(), node.into()],
        }),
    };
    let span = (numbers[6].is_multiple_of(2)).then_some(span);
    let control = (len > 0 && numbers[7].is_multiple_of(2)).then_some(node);
    NewNode { span, control, kind }
}

/// A number of any size, but no NaN: Python's text has none, and it equals nothing.
fn float(number: i64) -> f64 {
    let float = f64::from_bits(number as u64);
    if float.is_nan() { f64::INFINITY } else { float }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        select(vec!["", "\0", "a\0b", "'", "\"", "`", "\u{10ffff}", "\r\n", "%_\\"])
            .prop_map(str::to_owned),
    ]
}
