//! How steps join up, and what is left of a program when only some steps matter.

use clew_graph::{
    Call, CallTarget, Graph, GraphError, Literal, Lookup, Mutate, NewNode, NodeId, NodeKind,
    Operator, Role, Slice,
};
use expect_test::{Expect, expect};

const NOTEBOOK: &str = "
    n0 = lookup list
    n1 = call n0()
    n2 = literal 1
    n3 = call getattr(n1, n2)
    n4 = call n3(n2)
    n5 = mutate n1 by n4
    n6 = lookup print
    n7 = call n6(n2)
    n8 = if n2
    n9 = call n6(n5) under n8
    n10 = call add(n2, n2) reads {a=n5, b=n5} after {n7}
";

fn notebook() -> Graph {
    NOTEBOOK.parse().expect("the notebook is a graph")
}

fn node(index: u32) -> NodeId {
    NodeId::new(index)
}

fn check_neighbours(neighbours: impl Iterator<Item = (Role, NodeId)>, expected: Expect) {
    let lines: Vec<String> = neighbours.map(|(role, id)| format!("{role:?} {id}\n")).collect();
    expected.assert_eq(&lines.concat());
}

fn check_slice(slice: &Slice, expected: Expect) {
    let ids: Vec<String> = slice.ids().map(|id| id.to_string()).collect();
    assert_eq!(slice.len(), ids.len());
    assert_eq!(slice.is_empty(), ids.is_empty());
    expected.assert_eq(&ids.join(" "));
}

#[test]
fn parents_come_in_the_order_in_which_the_step_names_them() {
    check_neighbours(
        notebook().parents(node(10)),
        expect![[r#"
            Positional n2
            Positional n2
            GlobalRead n5
            GlobalRead n5
            Implicit n7
        "#]],
    );
}

#[test]
fn a_control_dependency_comes_last() {
    check_neighbours(
        notebook().parents(node(9)),
        expect![[r#"
            Function n6
            Positional n5
            Control n8
        "#]],
    );
}

#[test]
fn children_come_in_program_order() {
    check_neighbours(
        notebook().children(node(2)),
        expect![[r#"
            Positional n3
            Positional n4
            Positional n7
            Test n8
            Positional n10
            Positional n10
        "#]],
    );
}

#[test]
fn a_mutation_is_needed_as_the_value_before_and_made_by_the_call() {
    check_neighbours(
        notebook().parents(node(5)),
        expect![[r#"
            Source n1
            Call n4
        "#]],
    );
}

#[test]
fn a_step_that_is_not_there_has_no_neighbours() {
    let graph = notebook();
    assert_eq!(graph.parents(node(99)).len(), 0);
    assert_eq!(graph.children(node(99)).len(), 0);
    assert_eq!(graph.get(node(99)), None);
}

#[test]
fn ancestors_leave_out_the_step_itself() {
    check_slice(&notebook().ancestors([node(5)]), expect!["n0 n1 n2 n3 n4"]);
}

#[test]
fn an_ancestor_that_was_asked_about_stays() {
    check_slice(&notebook().ancestors([node(5), node(4)]), expect!["n0 n1 n2 n3 n4"]);
}

#[test]
fn descendants_leave_out_the_step_itself() {
    check_slice(&notebook().descendants([node(5)]), expect!["n9 n10"]);
}

#[test]
fn a_slice_has_the_change_of_what_it_reads_and_no_print() {
    check_slice(&notebook().slice([node(5)]), expect!["n0 n1 n2 n3 n4 n5"]);
}

#[test]
fn a_slice_has_the_condition_under_which_a_step_ran() {
    check_slice(&notebook().slice([node(9)]), expect!["n0 n1 n2 n3 n4 n5 n6 n8 n9"]);
}

#[test]
fn a_slice_to_nothing_is_empty() {
    check_slice(&notebook().slice([]), expect![""]);
    check_slice(&notebook().slice([node(99)]), expect![""]);
}

/// A dictionary of which three items are set, the last of them by adding to it; then one is read.
fn items(read: &str) -> Graph {
    let text = format!(
        r#"
n0 = call dict()
n1 = literal "a"
n2 = literal 1
n3 = call setitem(n0, n1, n2)
n4 = mutate n0 by n3 as "assignment of one item" annotated
n5 = literal "b"
n6 = call setitem(n4, n5, n2)
n7 = mutate n4 by n6 as "assignment of one item" annotated
n8 = call iadd(n7, n1, n2)
n9 = mutate n7 by n8 as "assignment of one item" annotated
n10 = literal "c"
n11 = {read}
"#
    );
    text.parse().expect("a graph in text")
}

#[test]
fn who_reads_an_item_needs_the_others_no_more() {
    check_slice(&items("call getitem(n9, n5)").slice([node(11)]), expect!["n0 n2 n5 n6 n11"]);
    check_slice(&items("call getitem(n9, n1)").slice([node(11)]), expect!["n0 n1 n2 n3 n8 n11"]);
    check_slice(&items("call getitem(n9, n10)").slice([node(11)]), expect!["n0 n10 n11"]);
}

#[test]
fn who_does_more_with_a_value_needs_all_its_items() {
    check_slice(
        &items("call list(n9)").slice([node(11)]),
        expect!["n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 n11"],
    );
    check_slice(
        &items("call getitem(n9, n2)").slice([node(11)]),
        expect!["n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 n11"],
    );
    check_slice(
        &items("call getitem(n9, n5) reads {d=n9}").slice([node(11)]),
        expect!["n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 n11"],
    );
}

/// An instance of which two attributes are set, then one is asked for.
fn attributes(asked: &str) -> Graph {
    let text = format!(
        r#"
n0 = call dict()
n1 = literal "a"
n2 = literal 1
n3 = call setattr(n0, n1, n2)
n4 = mutate n0 by n3 as "assignment of one attribute" annotated
n5 = literal "b"
n6 = call setattr(n4, n5, n2)
n7 = mutate n4 by n6 as "assignment of one attribute" annotated
n8 = literal "c"
n9 = {asked}
"#
    );
    text.parse().expect("a graph in text")
}

#[test]
fn who_asks_for_an_attribute_that_was_set_needs_the_others_no_more() {
    let asked = |text| attributes(text).slice([node(9)]);
    check_slice(&asked("call getattr(n7, n1)"), expect!["n0 n1 n2 n3 n9"]);
    // It may be worked out from those that were set.
    check_slice(&asked("call getattr(n7, n8)"), expect!["n0 n1 n2 n3 n4 n5 n6 n7 n8 n9"]);
    check_slice(&asked("call getitem(n7, n1)"), expect!["n0 n1 n2 n3 n4 n5 n6 n7 n9"]);
}

#[test]
fn insert_gives_out_ids_in_program_order() {
    let mut graph = Graph::new();
    assert!(graph.is_empty());
    let lookup = graph.insert(NodeKind::Lookup(Lookup { name: "list".into() }));
    assert_eq!(lookup, Ok(node(0)));
    let call = graph.insert(NodeKind::Call(Call::new(CallTarget::Node(node(0)))));
    assert_eq!(call, Ok(node(1)));
    assert_eq!(graph.len(), 2);
    assert_eq!(graph.visit_order().collect::<Vec<_>>(), [node(0), node(1)]);
}

#[test]
fn insert_refuses_what_needs_a_missing_step_and_leaves_the_graph_as_it_was() {
    let mut graph = Graph::new();
    let one = graph.insert(NodeKind::Literal(Literal::Int(1))).expect("a literal needs nothing");
    let before = graph.clone();

    let mutate = NodeKind::Mutate(Mutate::new(one, node(7)));
    let missing = |kind, missing| Err(GraphError::MissingInput { kind, node: node(1), missing });
    assert_eq!(graph.insert(mutate), missing("mutate", node(7)));
    let itself = NodeKind::Call(Call::operator(Operator::Negative, [node(1)]));
    assert_eq!(graph.insert(itself), missing("call", node(1)));
    let control =
        NewNode { span: None, control: Some(node(2)), kind: NodeKind::Literal(Literal::None) };
    assert_eq!(graph.insert(control), missing("literal", node(2)));

    assert_eq!(graph, before);
    assert_eq!(graph.children(one).len(), 0);
}

#[test]
fn literals_are_equal_as_python_compares_them_and_the_same_as_they_are_spelled() {
    let float = Literal::Float;
    for (left, right, equal, same) in [
        (Literal::Int(1), Literal::Bool(true), Some(true), false),
        (Literal::Int(1), float(1.0), Some(true), false),
        (Literal::Int(i64::MAX), float(9.2e18), None, false),
        (float(0.0), float(-0.0), Some(true), false),
        (float(f64::NAN), float(f64::NAN), Some(false), true),
        (Literal::BigInt("1".repeat(40)), Literal::Int(1), Some(false), false),
        (Literal::BigInt("1".repeat(40)), float(1.0), None, false),
        (Literal::Complex { real: 0.0, imaginary: 0.0 }, Literal::Int(0), None, false),
        (Literal::Str("1".to_owned()), Literal::Int(1), Some(false), false),
        (Literal::None, float(0.0), Some(false), false),
        (Literal::Bytes(vec![1]), Literal::Bytes(vec![1]), Some(true), true),
    ] {
        assert_eq!(left.equals(&right), equal, "{left} == {right}");
        assert_eq!(right.equals(&left), equal, "{right} == {left}");
        assert_eq!(left == right, same, "{left} is {right}");
    }
}
