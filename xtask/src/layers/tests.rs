use expect_test::{Expect, expect};
use serde_json::json;

use super::*;

/// What `cargo metadata` says of crates that are given as `name: uses, …`; what only their tests
/// use stands in brackets.
fn metadata(crates: &str) -> Value {
    let package = |line: &str| {
        let (name, uses) = line.trim().split_once(':').unwrap();
        let dependency = |word: &str| {
            let name = word.trim_matches(['[', ']']);
            let kind = if name == word { Value::Null } else { json!("dev") };
            json!({ "name": name, "kind": kind })
        };
        let uses: Vec<Value> = uses
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(dependency)
            .collect();
        json!({
            "name": name,
            "description": format!("What {name} is."),
            "manifest_path": format!("/home/me/clew/crates/{name}/Cargo.toml"),
            "dependencies": uses,
        })
    };
    json!({ "packages": crates.trim().lines().map(package).collect::<Vec<Value>>() })
}

fn check(crates: &str, expected: Expect) {
    let faults = faults(&read(&metadata(crates)).unwrap());
    expected.assert_eq(&faults.iter().map(|fault| format!("{fault}\n")).collect::<String>());
}

#[test]
fn arrows_of_the_picture_are_allowed() {
    check(
        "
        clew-graph: serde
        clew-effects: clew-graph
        clew-executor: clew-graph, clew-effects
        clew-store: clew-graph, diesel, rusqlite
        clew-session: clew-executor, clew-store
        clew-cpython: clew-session, pyo3
        clew-python: clew-cpython, clew-cli, pyo3
        ",
        expect![""],
    );
}

#[test]
fn other_arrows_are_named() {
    check(
        "
        clew-graph: clew-store
        clew-syntax: clew-effects, [clew-executor]
        clew-cli: clew-session, clew-cpython
        clew-helpers: clew-graph
        ",
        expect![[r#"
              clew-graph must not use clew-store
              clew-syntax must not use clew-effects
              clew-syntax must not use clew-executor
              clew-cli must not use clew-cpython
              clew-helpers is not in the picture that xtask/src/layers.rs holds
        "#]],
    );
}

#[test]
fn sql_and_python_are_known_to_a_few() {
    check(
        "
        clew-session: rusqlite
        clew-cli: pyo3, [diesel]
        ",
        expect![[r#"
              clew-session must know nothing of rusqlite
              clew-cli must know nothing of pyo3
              clew-cli must know nothing of diesel
        "#]],
    );
}

#[test]
fn the_table_is_written_between_its_comments() {
    let crates = read(&metadata(
        "
        clew-executor: clew-effects, clew-graph, thiserror, [proptest]
        clew-graph: petgraph
        ",
    ))
    .unwrap();
    let rooms = [
        Rooms { files: 3, floors: 2, farthest: Some(("top".to_owned(), "low".to_owned(), 1)) },
        Rooms { files: 1, floors: 1, farthest: None },
    ];
    let document = format!("# Map\n{BEGIN}old\n{END}rest\n");
    let written = with_table(&document, &table(&crates, &rooms)).unwrap();
    expect![[r#"
        # Map
        <!-- The table is written by `cargo xtask layers`. -->

        | crate | what it is | uses | files | floors | farthest arrow |
        |---|---|---|---|---|---|
        | [`graph`](crates/graph) | What clew-graph is. | – | 3 | 2 | top → low (1) |
        | [`executor`](crates/executor) | What clew-executor is. | graph, effects | 1 | 1 | – |

        <!-- End of the table. -->
        rest
    "#]]
    .assert_eq(&written);
    assert_eq!(with_table(&written, &table(&crates, &rooms)).as_ref(), Some(&written));
    assert_eq!(with_table("no comments", ""), None);
}
