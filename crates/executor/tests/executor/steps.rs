//! Steps: statements of a module as they run again.

use clew_executor::{ExecuteError, NativeError, Value};
use clew_graph::{Graph, NodeId, SourceId, Span, Step, StepVariable};
use expect_test::expect;

use crate::support::{Bench, session};

fn step(text: &str, nodes: &[u32], variables: &[(&str, u32)]) -> Step {
    Step {
        span: Span { source: SourceId::new(0), start: 0, end: 1 },
        text: text.to_owned(),
        lines: vec![1],
        is_first: false,
        nodes: nodes.iter().map(|&node| NodeId::new(node)).collect(),
        is_said_by_nodes: false,
        needs: Vec::new(),
        variables: variables
            .iter()
            .map(|&(name, node)| StepVariable {
                name: name.to_owned(),
                node: Some(NodeId::new(node)),
            })
            .collect(),
    }
}

/// What `x = 1`, `xs = [x]` and `xs.append(2)` are.
fn graph() -> Graph {
    let text = "
        n0 = literal 1
        n1 = lookup x
        n2 = call list(n0)
        n3 = literal \"append\"
        n4 = call getattr(n2, n3)
        n5 = call n4(n0)
        n6 = mutate n2 by n5
    ";
    text.parse().expect("the graph is one")
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.host.define_text("x = 1", |call| {
        call.set_global("x", 1);
        Ok(().into())
    });
    bench.host.define_text("xs = [x]", |call| {
        let x = call.global("x")?;
        call.set_global("xs", Value::list([x]));
        Ok(().into())
    });
    bench.host.define_text("xs.append(2)", |call| {
        if let Value::List(xs) = call.global("xs")? {
            xs.borrow_mut().push(2.into());
        }
        Ok(().into())
    });
    bench.host.define_text("x = 1/0", |_| Err(NativeError::new("ZeroDivisionError", "no")));
    bench
}

#[test]
fn variables_are_the_values_of_their_nodes_until_they_are_bound_anew() {
    let mut bench = bench();
    let steps = [
        step("x = 1", &[0], &[("x", 0)]),
        step("xs = [x]", &[1, 2], &[("xs", 2)]),
        step("xs.append(2)", &[3, 4, 5, 6], &[("xs", 6)]),
    ];
    let here = std::env::current_dir().unwrap();
    let session = session(here.to_str().unwrap());
    bench.executor.add_steps(steps);
    bench.executor.execute_graph(&mut bench.host, &graph(), &session).unwrap();
    assert_eq!(bench.show(0), "1");
    assert_eq!(bench.show(2), "[1, 2]");
    assert_eq!(bench.show(6), "[1, 2]");
    expect![[r#"
        n0 started
        n0 finished; binds {x}
        n2 started
        n2 finished; reads {x} binds {xs}
        n6 started
        n6 finished; reads {xs}
    "#]]
    .assert_eq(&bench.log());
    let (start, end) = bench.executor.execution_time(NodeId::new(3)).unwrap();
    assert!(start <= end);
    assert_eq!(bench.executor.execution_time(NodeId::new(5)), Some((start, end)));
}

#[test]
fn nothing_runs_behind_a_step_that_raises_and_the_folder_is_left() {
    let mut bench = bench();
    let steps = [step("x = 1/0", &[0], &[("x", 0)]), step("x = 1", &[1], &[("x", 1)])];
    let before = std::env::current_dir().unwrap();
    let session = session(std::env::temp_dir().to_str().unwrap());
    bench.executor.add_steps(steps);
    let error = bench.executor.execute_graph(&mut bench.host, &Graph::new(), &session).unwrap_err();
    assert!(matches!(error, ExecuteError::Raised { .. }), "{error}");
    assert_eq!(std::env::current_dir().unwrap(), before);
    expect![[r#"
        n0 started
        n0 raised ZeroDivisionError: no
        n1 skipped
    "#]]
    .assert_eq(&bench.log());
}
