//! Graphs: whole ones and slices run, in order, in their folder, and what is kept of them.

use clew_effects::Catalog;
use clew_executor::{ExecuteError, NativeError, Value};
use clew_graph::{Graph, NodeId};
use expect_test::expect;

use crate::support::{Bench, session};

#[test]
fn each_node_starts_and_finishes_in_program_order() {
    let mut bench = Bench::new();
    let (_, result) = bench.run(
        "
        n0 = literal 1
        n1 = call add(n0, n0)
        n2 = block unexecuted
        n3 = call neg(n1)
        ",
    );
    assert!(result.is_ok());
    expect![[r#"
        n0 started
        n0 finished
        n1 started
        n1 finished
        n2 skipped
        n3 started
        n3 finished
    "#]]
    .assert_eq(&bench.log());
    assert_eq!(bench.show(3), "-2");
}

#[test]
fn a_raise_keeps_what_ran_before_and_what_was_done_before() {
    let mut bench = Bench::new();
    bench.host.define("__main__", "spoil", |call| {
        if let Value::List(items) = call.argument(0)? {
            items.borrow_mut().push(1.into());
        }
        call.set_global("spoilt", 1);
        Err(NativeError::new("ValueError", "it failed"))
    });
    let (_, result) = bench.run(
        "
        n0 = call list()
        n1 = lookup spoil
        n2 = call n1(n0)
        n3 = literal 1
        ",
    );
    expect![[r#"
        n0 started
        n0 finished
        n1 started
        n1 finished
        n2 started
        n2 raised ValueError: it failed; binds {spoilt}; mutates n0 (assumed)
    "#]]
    .assert_eq(&bench.log());
    let Err(ExecuteError::Raised { node, raised, side_effects }) = result else {
        panic!("it raised");
    };
    assert_eq!(node, NodeId::new(2));
    assert_eq!(side_effects.len(), 2);
    let error = bench.host.get(raised.value).map(Value::to_string);
    assert_eq!(error.as_deref(), Some(r#"<ValueError "it failed">"#));
    assert_eq!(bench.host.open_contexts(), 0);
    assert_eq!(bench.show(0), "[1]");
    assert_eq!(bench.show(2), "no value");
    assert!(bench.executor.execution_time(NodeId::new(2)).is_some());
}

#[test]
fn a_graph_runs_in_the_folder_of_its_session() {
    let mut bench = Bench::new();
    let graph: Graph = "
        n0 = lookup fail
        n1 = literal 1
        n2 = call n0()
        n3 = literal 2
        n4 = block unexecuted
    "
    .parse()
    .expect("the graph is one");

    let result = bench.executor.execute_graph(&mut bench.host, &graph, &session("/data"));
    assert!(result.is_err_and(|error| error.raised().is_some()));
    use clew_executor::Host;
    assert_eq!(bench.host.working_directory().expect("there is one"), "/");
    assert_eq!(bench.show(1), "1");
    expect![[r#"
        n0 started
        n0 finished
        n1 started
        n1 finished
        n2 started
        n2 raised ValueError: it failed
        n3 skipped
        n4 skipped
    "#]]
    .assert_eq(&bench.log());
}

#[test]
fn a_folder_that_is_not_there_stops_before_anything_runs() {
    let mut bench = Bench::new();
    let graph: Graph = "n0 = literal 1".parse().expect("the graph is one");
    let result = bench.executor.execute_graph(&mut bench.host, &graph, &session("data"));
    let error = result.expect_err("no path is relative to nothing");
    expect!["the working directory cannot be changed to `data`"].assert_eq(&error.to_string());
    assert_eq!(bench.log(), "");
}

#[test]
fn a_slice_skips_the_rest() {
    let mut bench = Bench::new();
    let graph: Graph = "
        n0 = literal 1
        n1 = lookup fail
        n2 = call n1()
        n3 = call neg(n0)
    "
    .parse()
    .expect("the graph is one");
    let slice = graph.slice([NodeId::new(3)]);
    let result = bench.executor.execute_slice(&mut bench.host, &graph, &slice, &session("/"));
    assert!(result.is_ok());
    expect![[r#"
        n0 started
        n0 finished
        n1 skipped
        n2 skipped
        n3 started
        n3 finished
    "#]]
    .assert_eq(&bench.log());
}

#[test]
fn a_value_that_nobody_computed_is_named() {
    let mut bench = Bench::new();
    let graph: Graph = "
        n0 = literal 1
        n1 = if n0
        n2 = call neg(n0)
        n3 = call neg(n1)
    "
    .parse()
    .expect("the graph is one");
    let mut run = |node: u32| {
        let node = graph.get(NodeId::new(node)).expect("the node is there");
        bench.executor.execute_node(&mut bench.host, node, None)
    };
    let error = run(2).expect_err("n0 has not run");
    expect!["n2 stands on n0, which has not run"].assert_eq(&error.to_string());
    assert!(run(0).is_ok() && run(1).is_ok());
    let error = run(3).expect_err("a branch has no value");
    expect!["n3 uses the value of n1, which has none"].assert_eq(&error.to_string());
}

#[test]
fn a_forgotten_value_leaves_the_host_with_its_last_node() {
    let mut bench = Bench::new();
    let (_, result) = bench.run(
        r#"
        n0 = call list()
        n1 = literal "append"
        n2 = call getattr(n0, n1)
        n3 = call n2(n1)
        n4 = mutate n0 by n3
        "#,
    );
    assert!(result.is_ok());
    let list = bench.executor.value(NodeId::new(4)).expect("the list is kept");
    bench.executor.forget(&mut bench.host, NodeId::new(0));
    assert_eq!(bench.executor.value(NodeId::new(0)), None);
    assert!(bench.executor.execution_time(NodeId::new(0)).is_some());
    assert!(bench.host.get(list).is_some());
    bench.executor.forget(&mut bench.host, NodeId::new(4));
    assert!(bench.host.get(list).is_none());
}

#[test]
fn a_node_that_runs_again_lets_go_of_its_first_value() {
    let mut bench = Bench::new();
    let (graph, _) = bench.run("n0 = call list()");
    let held = bench.host.held();
    let node = &graph.nodes()[0];
    assert!(bench.executor.execute_node(&mut bench.host, node, None).is_ok());
    assert_eq!(bench.host.held(), held);
}

#[test]
fn what_runs_can_ask_where_it_runs() {
    let mut bench = Bench::new();
    let execution = "01890000-0000-7000-8000-000000000001";
    bench.executor.set_execution(execution.parse().expect("the id is one"));
    bench.host.define("__main__", "where", |call| {
        let (node, execution) = (call.node().expect("it runs"), call.execution());
        Ok(format!("{node} {}", execution.expect("it was set")).as_str().into())
    });
    let (_, result) = bench.run("n0 = lookup where\nn1 = call n0()");
    assert!(result.is_ok());
    assert_eq!(bench.show(1), format!("{:?}", format!("n1 {execution}")));
}

#[test]
fn annotations_that_are_reloaded_hold_from_then_on() {
    let mut bench = Bench::new();
    let text = "
        n0 = lookup len
        n1 = call list()
        n2 = call n0(n1)
    ";
    _ = bench.run(text);
    assert!(bench.log().ends_with("n2 finished\n"));
    bench.executor.reload_annotations(Catalog::empty());
    _ = bench.run(text);
    assert!(bench.log().ends_with("n2 finished; mutates n1 (assumed)\n"));
}
