//! Blocks: compound statements, definitions and branches.

use clew_executor::Value;
use clew_graph::{NodeId, Source, SourceId, SourceLocation};
use expect_test::expect;

use crate::support::{Bench, check};

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
