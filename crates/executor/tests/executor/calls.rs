//! Calls: what they change, by what they are called on and passed.

use expect_test::expect;

use crate::support::check;

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
