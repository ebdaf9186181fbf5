//! What holds for every graph that runs.

use std::collections::HashSet;
use std::sync::mpsc::channel;

use clew_effects::Catalog;
use clew_executor::{Event, Executor, Host, NativeError, NativeHost, Value};
use clew_graph::{
    Call, CallTarget, Graph, If, Literal, Lookup, Mutate, NewNode, NodeId, NodeKind, Operator,
    Session, SessionKind, Slice, Timestamp,
};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_node_runs_once_and_after_all_that_it_needs(graph in graphs(false)) {
        let (events, succeeded) = run(&graph);
        prop_assert!(succeeded);
        let mut finished = HashSet::new();
        let mut started = None;
        for event in events {
            match event {
                Event::Started(node) => {
                    for (role, parent) in graph.parents(node) {
                        prop_assert!(finished.contains(&parent), "{node} before {role:?} {parent}");
                    }
                    prop_assert_eq!(started.replace(node), None);
                }
                Event::Finished { node, .. } => {
                    prop_assert_eq!(started.take(), Some(node));
                    prop_assert!(finished.insert(node));
                }
                other => prop_assert!(false, "{other}"),
            }
        }
        prop_assert_eq!(finished.len(), graph.len());
    }

    #[test]
    fn after_a_raise_every_other_node_is_skipped(graph in graphs(true)) {
        let (events, succeeded) = run(&graph);
        let raised = events.iter().position(|event| matches!(event, Event::Raised { .. }));
        prop_assert_eq!(raised.is_none(), succeeded);
        if let Some(raised) = raised {
            let mut rest = events[raised + 1..].iter();
            prop_assert!(rest.all(|event| matches!(event, Event::Skipped(_))));
        }
        let ends = events.iter().filter(|event| !matches!(event, Event::Started(_))).count();
        prop_assert_eq!(ends, graph.len());
    }
}

proptest! {
    #[test]
    fn a_slice_makes_of_its_sinks_what_the_whole_makes(graph in graphs(false), sink in any::<u32>()) {
        let sink = NodeId::new(sink % graph.len() as u32);
        let slice = graph.slice([sink]);
        prop_assert_eq!(made(&graph, Some(&slice), 1, [sink]), made(&graph, None, 1, [sink]));
    }

    #[test]
    fn a_second_execution_makes_what_the_first_made(graph in graphs(false)) {
        prop_assert_eq!(made(&graph, None, 2, graph.ids()), made(&graph, None, 1, graph.ids()));
    }
}

/// What some nodes are when a graph, or a slice of it, ran so many times by one executor.
fn made(
    graph: &Graph,
    slice: Option<&Slice>,
    times: usize,
    nodes: impl IntoIterator<Item = NodeId>,
) -> Vec<Option<String>> {
    let mut executor = Executor::new(Catalog::empty());
    let mut host = host();
    for _ in 0..times {
        let ran = match slice {
            Some(slice) => executor.execute_slice(&mut host, graph, slice, &session()),
            None => executor.execute_graph(&mut host, graph, &session()),
        };
        ran.expect("nothing raises");
    }
    let shown = |node| executor.value(node).and_then(|value| host.get(value)).map(Value::to_string);
    nodes.into_iter().map(shown).collect()
}

fn run(graph: &Graph) -> (Vec<Event>, bool) {
    let (sender, events) = channel();
    let mut executor = Executor::new(Catalog::empty());
    executor.on_event(move |event| _ = sender.send(event.clone()));
    let mut host = host();
    let succeeded = executor.execute_graph(&mut host, graph, &session()).is_ok();
    assert_eq!(host.open_contexts(), 0);
    assert_eq!(host.working_directory().expect("a native host has one"), "/");
    (events.try_iter().collect(), succeeded)
}

fn host() -> NativeHost {
    let mut host = NativeHost::new();
    host.define("builtins", "first", |call| call.argument(0).cloned());
    host.define("builtins", "fail", |_| Err(NativeError::new("ValueError", "")));
    host
}

fn session() -> Session {
    Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: "/data".to_owned(),
        arguments: Vec::new(),
    }
}

/// Graphs of nodes that run, with one that raises now and then if asked for.
fn graphs(raising: bool) -> impl Strategy<Value = Graph> {
    vec((0..8_u8, any::<u32>(), any::<u32>(), any::<u32>()), 0..30).prop_map(move |seeds| {
        let mut graph = Graph::new();
        // Branches have no values, so only these can be passed.
        let mut values: Vec<NodeId> = Vec::new();
        let first = Lookup { name: "first".to_owned() };
        let first = graph.insert(NodeKind::Lookup(first)).expect("a lookup needs nothing");
        values.push(first);
        let mut branches: Vec<NodeId> = Vec::new();
        for (kind, one, other, control) in seeds {
            let value = |seed: u32| values[seed as usize % values.len()];
            let kind = match kind {
                0 => NodeKind::Literal(Literal::Int(1)),
                1 => NodeKind::Call(Call::operator(Operator::List, [value(one), value(other)])),
                2 => NodeKind::Call(Call::operator(Operator::Alias, [value(one)])),
                3 => NodeKind::Mutate(Mutate::new(value(one), value(other))),
                4 | 5 => {
                    let call = Call::operator(Operator::Alias, [value(one), value(other)]);
                    NodeKind::Call(Call { function: CallTarget::Node(first), ..call })
                }
                6 => NodeKind::If(If { test: value(one), companion: None, unexecuted: None }),
                _ if raising && one % 4 == 0 => {
                    NodeKind::Lookup(Lookup { name: "nowhere".to_owned() })
                }
                _ => NodeKind::Lookup(Lookup { name: "first".to_owned() }),
            };
            let is_branch = matches!(kind, NodeKind::If(_));
            let control = match branches.len() {
                0 => None,
                count => branches.get(control as usize % (2 * count)).copied(),
            };
            let id = graph.insert(NewNode { span: None, control, kind });
            let id = id.expect("all that it needs is there");
            if is_branch { &mut branches } else { &mut values }.push(id);
        }
        graph
    })
}
