//! What the executor does, read from its event log.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::mpsc::{Receiver, channel};

use clew_effects::{Catalog, ExternalState, StateKey};
use clew_executor::{
    ExecuteError, Executor, NativeError, NativeHost, NodeChange, Outcome, SideEffect, Value,
    looked_up_state, state_lookup,
};
use clew_graph::{
    Graph, Lookup, NodeId, NodeKind, Session, SessionKind, Source, SourceId, SourceLocation,
    Timestamp,
};
use expect_test::{Expect, expect};

const ANNOTATIONS: &str = "
- module: builtins
  annotations:
  - criteria: { class_instance: list, class_method_names: [append, extend, pop] }
    side_effects:
    - mutated_value: { self_ref: SELF_REF }
  - criteria: { class_instance: list, class_method_name: copy }
    pure: true
  - criteria: { function_name: len }
    pure: true
- module: store
  annotations:
  - criteria: { function_name: read }
    side_effects:
    - dependency: { external_state: db, key: { positional_argument_index: 0 } }
  - criteria: { function_name: write }
    side_effects:
    - mutated_value: { external_state: db, key: { positional_argument_index: 0 } }
  - criteria: { function_name: vacuum }
    side_effects:
    - dependency: { external_state: db }
    - mutated_value: { external_state: db }
  - criteria: { function_name: open }
    side_effects:
    - views:
      - { result: RESULT }
      - { external_state: db, key: { positional_argument_index: 0 } }
  - criteria: { function_name: put }
    side_effects:
    - mutated_value: { positional_argument_index: 0 }
  - criteria: { function_name: sort }
    side_effects:
    - mutated_value: { argument_keyword: items }
    - views: [{ argument_keyword: items }, { result: RESULT }]
  - criteria: { function_name: fill }
    side_effects:
    - mutated_value: { positional_argument_index: 1 }
";

/// A host and an executor that know each other's words.
struct Bench {
    host: NativeHost,
    executor: Executor,
    events: Receiver<String>,
}

impl Bench {
    fn new() -> Self {
        let mut catalog = Catalog::empty();
        catalog.add("test.yaml", ANNOTATIONS).expect("the annotations are right");
        let mut executor = Executor::new(catalog);
        let (sender, events) = channel();
        executor.on_event(move |event| _ = sender.send(format!("{event}\n")));

        let mut host = NativeHost::new();
        let none = |_: &mut clew_executor::NativeCall<'_>| Ok(().into());
        for name in ["read", "write", "vacuum", "put", "fill"] {
            host.define("store", name, none);
        }
        host.define("store", "open", |_| Ok(Value::list([])));
        host.define("store", "sort", |call| Ok(call.keyword[0].1.clone()));
        let state = StateKey::whole(ExternalState::Db);
        host.define_value("store", "db", state);
        host.define("builtins", "len", |call| {
            Ok((call.argument(0)?.elements()?.len() as i64).into())
        });
        host.define("builtins", "sum", |call| {
            Ok(call.positional.iter().filter_map(Value::as_int).sum::<i64>().into())
        });
        host.define("__main__", "same", |call| Ok(call.argument(0)?.clone()));
        host.define("__main__", "fail", |_| Err(NativeError::new("ValueError", "it failed")));
        host.define("__main__", "count", |call| {
            let seen = call.global("seen")?;
            let count = call.global("counter").ok().and_then(|value| value.as_int()).unwrap_or(0);
            call.set_global("counter", count + 1);
            call.set_global("last", seen.clone());
            Ok(().into())
        });
        Self { host, executor, events }
    }

    /// Runs one node after another as they come, without session or directory.
    fn run(&mut self, text: &str) -> (Graph, Result<(), ExecuteError>) {
        let graph: Graph = text.parse().unwrap_or_else(|error| panic!("{error}"));
        let result = graph
            .nodes()
            .iter()
            .try_for_each(|node| self.executor.execute_node(&mut self.host, node, None).map(drop));
        (graph, result)
    }

    fn log(&self) -> String {
        self.events.try_iter().collect()
    }

    fn show(&self, node: u32) -> String {
        match self.executor.value(NodeId::new(node)).map(|value| self.host.get(value)) {
            None => "no value".to_owned(),
            Some(None) => "a forgotten value".to_owned(),
            Some(Some(value)) => value.to_string(),
        }
    }
}

/// Runs a graph node by node. Compares what nodes did beyond giving a value, and what the last one
/// gave.
fn check(text: &str, expected: Expect) {
    let mut bench = Bench::new();
    let (graph, result) = bench.run(text);
    let mut output = String::new();
    for line in bench.log().lines().filter(|line| line.contains("; ") || line.contains("raised")) {
        _ = writeln!(output, "{line}");
    }
    match result {
        Ok(()) => _ = writeln!(output, "value {}", bench.show(graph.len() as u32 - 1)),
        Err(error) => _ = writeln!(output, "error {error}"),
    }
    expected.assert_eq(&output);
}

fn session(working_directory: &str) -> Session {
    Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: working_directory.to_owned(),
        arguments: Vec::new(),
    }
}

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
fn a_method_changes_what_it_was_taken_from() {
    check(
        r#"
        n0 = literal 1
        n1 = call list(n0)
        n2 = literal "append"
        n3 = call getattr(n1, n2)
        n4 = call n3(n0)
        n5 = mutate n1 by n4
        "#,
        expect![[r#"
            n4 finished; mutates n1
            n5 finished; views n5, n1
            value [1, 1]
        "#]],
    );
}

#[test]
fn a_bound_method_under_another_name_changes_the_same() {
    check(
        r#"
        n0 = call list()
        n1 = literal "append"
        n2 = call getattr(n0, n1)
        n3 = call alias(n2)
        n4 = call n3(n1)
        "#,
        expect![[r#"
            n4 finished; mutates n0
            value None
        "#]],
    );
}

#[test]
fn a_bound_method_out_of_a_list_is_found_by_identity() {
    check(
        r#"
        n0 = call list()
        n1 = literal "append"
        n2 = call getattr(n0, n1)
        n3 = call list(n2)
        n4 = literal 0
        n5 = call getitem(n3, n4)
        n6 = call n5(n1)
        "#,
        expect![[r#"
            n6 finished; mutates n0
            value None
        "#]],
    );
}

#[test]
fn starred_arguments_are_spread_out() {
    check(
        r#"
        n0 = literal 1
        n1 = literal 2
        n2 = call list(n0, n1)
        n3 = lookup sum
        n4 = call n3(*n2, n0, *n2)
        "#,
        expect![[r#"
            value 7
        "#]],
    );
}

#[test]
fn a_change_of_what_was_spread_out_is_a_change_of_the_starred_argument() {
    check(
        r#"
        n0 = import store
        n1 = literal "fill"
        n2 = call getattr(n0, n1)
        n3 = call list()
        n4 = literal 1
        n5 = call list(n4, n3)
        n6 = call n2(*n5)
        "#,
        expect![[r#"
            n5 finished; views n5, n3
            n6 finished; mutates n5
            value None
        "#]],
    );
}

#[test]
fn a_spread_mapping_gives_keywords() {
    check(
        r#"
        n0 = import store
        n1 = literal "sort"
        n2 = call getattr(n0, n1)
        n3 = literal "items"
        n4 = call list()
        n5 = call dict(n3, n4)
        n6 = call n2(**n5)
        "#,
        expect![[r#"
            n5 finished; views n5, n4
            n6 finished; mutates n5; views n5, n6
            value []
        "#]],
    );
}

#[test]
fn a_key_that_is_no_keyword_raises() {
    check(
        r#"
        n0 = lookup sum
        n1 = literal 1
        n2 = call dict(n1, n1)
        n3 = call n0(**n2)
        "#,
        expect![[r#"
            n3 raised TypeError: keywords must be strings
            error n3 raised TypeError: keywords must be strings
        "#]],
    );
}

#[test]
fn what_no_rule_speaks_of_changes_all_that_it_is_passed() {
    check(
        r#"
        n0 = lookup same
        n1 = call list()
        n2 = literal 1
        n3 = call n0(n1, n2, key=n1)
        "#,
        expect![[r#"
            n3 finished; mutates n1; views n3, n1
            value []
        "#]],
    );
}

#[test]
fn what_cannot_change_is_not_said_to() {
    check(
        r#"
        n0 = lookup same
        n1 = literal 1
        n2 = call n0(n1)
        n3 = call iadd(n1, n2)
        "#,
        expect![[r#"
            value 2
        "#]],
    );
}

#[test]
fn an_in_place_operator_changes_a_list() {
    check(
        r#"
        n0 = call list()
        n1 = literal 1
        n2 = call list(n1)
        n3 = call iadd(n0, n2)
        "#,
        expect![[r#"
            n3 finished; mutates n0 shallow; views n3, n0, n2
            value [1]
        "#]],
    );
}

#[test]
fn a_name_is_a_builtin_before_it_is_a_global() {
    let mut bench = Bench::new();
    bench.host.define_value("__main__", "len", 1);
    bench.host.define_value("__main__", "answer", 42);
    let (_, result) = bench.run(
        "
        n0 = lookup len
        n1 = lookup answer
        ",
    );
    assert!(result.is_ok());
    assert_eq!(bench.show(0), "<function builtins.len>");
    assert_eq!(bench.show(1), "42");
}

#[test]
fn the_file_of_the_script_is_what_the_executor_was_told() {
    let mut bench = Bench::new();
    bench.executor.set_module_file("/project/script.py");
    bench.host.define_value("builtins", "__file__", "/another.py");
    let (_, result) = bench.run("n0 = lookup __file__");
    assert!(result.is_ok());
    assert_eq!(bench.show(0), r#""/project/script.py""#);
}

#[test]
fn a_name_that_is_nowhere_raises_as_in_python() {
    check(
        "n0 = lookup spam",
        expect![[r#"
            n0 raised NameError: name 'spam' is not defined
            error n0 raised NameError: name 'spam' is not defined
        "#]],
    );
}

#[test]
fn an_import_that_fails_raises() {
    check(
        "n0 = import nowhere",
        expect![[r#"
            n0 raised ModuleNotFoundError: No module named 'nowhere'
            error n0 raised ModuleNotFoundError: No module named 'nowhere'
        "#]],
    );
}

#[test]
fn the_second_time_a_call_sees_the_globals_that_it_read() {
    check(
        r#"
        n0 = literal 7
        n1 = lookup count
        n2 = call n1() reads {seen=n0}
        n3 = global counter of n2
        n4 = global last of n2
        "#,
        expect![[r#"
            n2 finished; reads {seen, counter} binds {counter, last}
            value 7
        "#]],
    );
}

#[test]
fn the_first_time_a_call_sees_all_variables() {
    let mut bench = Bench::new();
    let graph: Graph = "
        n0 = call list()
        n1 = lookup count
        n2 = call n1()
        n3 = global last of n2
    "
    .parse()
    .expect("the graph is one");
    let variables = BTreeMap::from([("seen".to_owned(), NodeId::new(0))]);
    for node in graph.nodes() {
        let result = bench.executor.execute_node(&mut bench.host, node, Some(&variables));
        assert!(result.is_ok());
    }
    expect![[r#"
        n0 started
        n0 finished
        n1 started
        n1 finished
        n2 started
        n2 finished; reads {seen, counter} binds {counter, last}; mutates n0
        n3 started
        n3 finished; views n3, n0
    "#]]
    .assert_eq(&bench.log());
}

#[test]
fn a_variable_that_is_not_bound_again_is_missed() {
    check(
        r#"
        n0 = lookup len
        n1 = call list()
        n2 = call n0(n1)
        n3 = global counter of n2
        "#,
        expect![[r#"
            error n2 did not bind `counter`, which n3 stands for
        "#]],
    );
}

#[test]
fn a_block_runs_its_text_and_may_have_changed_what_it_read() {
    let mut bench = Bench::new();
    let text = "for x in xs: total.append(x)";
    bench.host.define_text(text, |call| {
        let total = call.global("total")?;
        for x in call.global("xs")?.elements()? {
            call.set_global("x", x.clone());
            if let Value::List(total) = &total {
                total.borrow_mut().push(x);
            }
        }
        Ok(().into())
    });
    bench.executor.add_source(Source {
        id: SourceId::new(0),
        location: SourceLocation::Text,
        text: format!("# ünd\n{text}\n"),
    });
    let (_, result) = bench.run(
        "
        n0 = literal 3
        n1 = call list(n0)
        n2 = call list()
        n3 = block for reads {xs=n1, total=n2} calls {append} @s0:7-35
        n4 = mutate n2 by n3
        n5 = global x of n3
        ",
    );
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(bench.show(4), "[3]");
    assert_eq!(bench.show(5), "3");
    let log = bench.log();
    let block = log.lines().find(|line| line.starts_with("n3 finished"));
    expect!["n3 finished; reads {total, xs} binds {x}; mutates n2; mutates n1; views n2, n1"]
        .assert_eq(block.unwrap_or_default());
}

#[test]
fn a_definition_changes_nothing() {
    let mut bench = Bench::new();
    bench.host.define_text("def f(): return xs", |call| {
        call.global("xs")?;
        call.set_global("f", ());
        Ok(().into())
    });
    bench.executor.add_source(Source {
        id: SourceId::new(0),
        location: SourceLocation::Text,
        text: "def f(): return xs".to_owned(),
    });
    let (_, result) = bench.run(
        "
        n0 = call list()
        n1 = block def reads {xs=n0} @s0:0-18
        ",
    );
    assert!(result.is_ok(), "{result:?}");
    assert!(bench.log().ends_with("n1 finished; reads {xs} binds {f}\n"));
}

#[test]
fn a_block_without_text_is_our_error() {
    check(
        "n0 = block for",
        expect![[r#"
            error n0 is a block whose text is missing
        "#]],
    );
}

#[test]
fn branches_take_their_times_from_what_they_stand_on() {
    let mut bench = Bench::new();
    let (_, result) = bench.run(
        "
        n0 = literal True
        n1 = if n0
        n2 = else n1
        n3 = literal 1 under n2
        ",
    );
    assert!(result.is_ok());
    let time = |node| bench.executor.execution_time(NodeId::new(node));
    assert!(time(0).is_some());
    assert_eq!(time(1), time(0));
    assert_eq!(time(2), time(0));
    assert!(time(3) > time(0));
    assert_eq!(bench.executor.value(NodeId::new(1)), None);
}

#[test]
fn a_read_depends_on_the_latest_write_of_the_same_part_only() {
    check(
        r#"
        n0 = import store
        n1 = literal "read"
        n2 = call getattr(n0, n1)
        n3 = literal "write"
        n4 = call getattr(n0, n3)
        n5 = literal "a"
        n6 = literal "b"
        n7 = call n4(n5)
        n8 = lookup "<db a>"
        n9 = mutate n8 by n7
        n10 = call n4(n6)
        n11 = lookup "<db b>"
        n12 = mutate n11 by n10
        n13 = call n2(n5)
        n14 = call n4(n5)
        n15 = mutate n9 by n14
        n16 = call n2(n5)
        "#,
        expect![[r#"
            n7 finished; mutates <db a>
            n9 finished; views n9, n8
            n10 finished; mutates <db b>
            n12 finished; views n12, n11
            n13 finished; depends on n9
            n14 finished; mutates n9
            n15 finished; views n15, n9
            n16 finished; depends on n15
            value None
        "#]],
    );
}

#[test]
fn what_may_touch_any_part_depends_on_each_and_all_depend_on_it() {
    check(
        r#"
        n0 = import store
        n1 = literal "vacuum"
        n2 = call getattr(n0, n1)
        n3 = literal "write"
        n4 = call getattr(n0, n3)
        n5 = literal "a"
        n6 = call n4(n5)
        n7 = lookup "<db a>"
        n8 = mutate n7 by n6
        n9 = call n2()
        n10 = lookup "<db>"
        n11 = mutate n10 by n9
        n12 = call n4(n5)
        "#,
        expect![[r#"
            n6 finished; mutates <db a>
            n8 finished; views n8, n7
            n9 finished; depends on n8; depends on <db>; mutates <db>
            n10 finished; depends on n8
            n11 finished; views n11, n10
            n12 finished; depends on n11; mutates n8
            value None
        "#]],
    );
}

#[test]
fn a_change_of_a_handle_is_a_change_of_what_it_stands_for() {
    check(
        r#"
        n0 = import store
        n1 = literal "open"
        n2 = call getattr(n0, n1)
        n3 = literal "put"
        n4 = call getattr(n0, n3)
        n5 = literal "a"
        n6 = call n2(n5)
        n7 = call n4(n6)
        n8 = mutate n6 by n7
        n9 = call alias(n8)
        n10 = call n4(n9)
        "#,
        expect![[r#"
            n7 finished; mutates n6; mutates <db a>
            n8 finished; views n8, n6
            n9 finished; views n9, n8
            n10 finished; mutates n9; mutates <db a>
            value None
        "#]],
    );
}

#[test]
fn a_value_that_is_the_outside_world_has_versions() {
    let mut bench = Bench::new();
    let (_, result) = bench.run(
        r#"
        n0 = import store
        n1 = literal "db"
        n2 = call getattr(n0, n1)
        n3 = literal "vacuum"
        n4 = call getattr(n0, n3)
        n5 = call n4()
        n6 = mutate n2 by n5
        n7 = call getattr(n0, n1)
        "#,
    );
    assert!(result.is_ok());
    let log = bench.log();
    assert!(log.contains("n5 finished; depends on n2; mutates n2\n"), "{log}");
    assert!(log.ends_with("n7 finished; depends on n6\n"), "{log}");
    let all = StateKey::whole(ExternalState::Db);
    assert_eq!(bench.executor.lookup_external_state(&all), Some(NodeId::new(6)));
    let one = StateKey::part(ExternalState::Db, "a");
    assert_eq!(bench.executor.lookup_external_state(&one), None);
    assert_eq!(bench.executor.overlapping_states(&one), [NodeId::new(6)]);
}

#[test]
fn a_state_has_a_lookup_that_means_it() {
    let one = StateKey::part(ExternalState::Db, "main");
    assert_eq!(looked_up_state(&state_lookup(&one)), Some(one));
    assert_eq!(looked_up_state(&Lookup { name: "db".into() }), None);
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
        n2 raised ValueError: it failed; binds {spoilt}; mutates n0
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
fn what_ran_elsewhere_is_taken_in_like_what_ran_here() {
    let graph: Graph = r#"
        n0 = literal 1
        n1 = call list(n0)
        n2 = literal "append"
        n3 = call getattr(n1, n2)
        n4 = call n3(n0)
        n5 = mutate n1 by n4
    "#
    .parse()
    .expect("the graph is one");
    let mut executor = Executor::new(Catalog::empty());
    let file = StateKey::part(ExternalState::Db, "log");
    let mut log = String::new();
    for (at, node) in graph.nodes().iter().enumerate() {
        let time = Timestamp(at as i64);
        let mut outcome = Outcome::new(time, time);
        if let NodeKind::Call(_) = node.kind {
            outcome = outcome.with_change(NodeChange::Writes(file.clone()));
        }
        let side_effects = executor.observe(node, outcome);
        let side_effects: Vec<String> = side_effects.iter().map(SideEffect::to_string).collect();
        _ = writeln!(log, "{}: {}", node.id, side_effects.join("; "));
    }
    expect![[r#"
        n0: 
        n1: mutates <db log>
        n2: 
        n3: mutates <db log>
        n4: mutates <db log>
        n5: 
    "#]]
    .assert_eq(&log);
    assert_eq!(executor.execution_time(NodeId::new(4)), Some((Timestamp(4), Timestamp(4))));
    assert_eq!(executor.bound_self(NodeId::new(3)), Some(NodeId::new(1)));
    assert_eq!(executor.value(NodeId::new(1)), None);
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
    assert!(bench.log().ends_with("n2 finished; mutates n1\n"));
}
