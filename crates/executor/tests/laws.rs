//! What holds for every graph that runs.

use std::collections::HashSet;
use std::sync::mpsc::channel;

use clew_effects::Catalog;
use clew_executor::{Event, Executor, Host, NativeError, NativeHost};
use clew_graph::{
    Call, CallTarget, Graph, If, Literal, Lookup, Mutate, NewNode, NodeId, NodeKind, Operator,
    Session, SessionKind, Timestamp,
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

fn run(graph: &Graph) -> (Vec<Event>, bool) {
    let (sender, events) = channel();
    let mut executor = Executor::new(Catalog::empty());
    executor.on_event(move |event| _ = sender.send(event.clone()));
    let mut host = NativeHost::new();
    host.define("builtins", "first", |call| call.argument(0).cloned());
    host.define("builtins", "fail", |_| Err(NativeError::new("ValueError", "")));
    let session = Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: "/data".to_owned(),
        arguments: Vec::new(),
    };
    let succeeded = executor.execute_graph(&mut host, graph, &session).is_ok();
    assert_eq!(host.open_contexts(), 0);
    assert_eq!(host.working_directory().expect("a native host has one"), "/");
    (events.try_iter().collect(), succeeded)
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
