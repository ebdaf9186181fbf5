//! Names: builtins, globals, the script's own path, and variables that calls read and bind.

use std::collections::BTreeMap;

use clew_graph::{Graph, NodeId};
use expect_test::expect;

use crate::support::{Bench, check};

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
