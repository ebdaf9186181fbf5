//! Aliases: names that stand for one object.

use expect_test::expect;

use super::check;

#[test]
fn another_name_is_the_same_object() {
    check(
        r#"
def f(a):
    b = a
    b.append(1)
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn names_that_are_swapped_are_told_apart() {
    check(
        r#"
def f(a, b):
    a, b = b, a
    a.append(1)
"#,
        "f([1], [2])",
        expect!["changes 1"],
    );
}

#[test]
fn a_name_that_is_bound_to_a_copy_no_longer_is_the_argument() {
    check(
        r#"
def f(a):
    a = list(a)
    a.append(1)
"#,
        "f([1])",
        expect![""],
    );
}

#[test]
fn a_branch_may_leave_either_object_under_a_name() {
    check(
        r#"
def f(a, b, which):
    if which > 1:
        c = a
    else:
        c = b
    c.append(1)
"#,
        "f([1], [2], 3)",
        expect!["changes 0; changes 1"],
    );
}

#[test]
fn a_conditional_expression_may_be_either() {
    check(
        r#"
def f(a, b, n):
    (a if n > 1 else b).append(1)
"#,
        "f([1], [2], 3)",
        expect!["changes 0; changes 1"],
    );
}

#[test]
fn what_a_function_returns_is_what_it_was_given() {
    check(
        r#"
def same(a):
    return a

def f(a):
    same(a).append(1)
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn what_a_function_returns_may_be_new() {
    check(
        r#"
def new(a):
    return [a]

def f(a):
    new(a).append(1)
"#,
        "f([1])",
        expect![""],
    );
}

#[test]
fn what_a_new_list_holds_is_the_same_object() {
    check(
        r#"
def new(a):
    return [a]

def f(a):
    new(a)[0].append(1)
"#,
        "f([1])",
        expect!["changes 0; changes 0.**"],
    );
}

#[test]
fn an_assignment_expression_names_its_value() {
    check(
        r#"
def f(a):
    if (b := a):
        b.append(1)
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn a_default_by_or_is_not_changed_where_a_value_is_passed() {
    check(
        r#"
def f(out=None):
    out = out or []
    out.append(1)
"#,
        "f()",
        expect![""],
    );
}

#[test]
fn a_default_by_or_changes_the_value_that_is_passed() {
    check(
        r#"
def f(out=None):
    out = out or []
    out.append(1)
"#,
        "f(out=[1])",
        expect!["changes out="],
    );
}

#[test]
fn a_name_bound_in_a_loop_is_known_in_the_next_turn() {
    check(
        r#"
def f(a, b):
    c = a
    for _ in range(2):
        c.append(1)
        c = b
"#,
        "f([1], [2])",
        expect!["changes 0; changes 1"],
    );
}

#[test]
fn deleting_a_name_changes_nothing() {
    check(
        r#"
def f(a):
    b = a
    del b
"#,
        "f([1])",
        expect![""],
    );
}
