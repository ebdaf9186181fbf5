//! Arguments: what is passed, and which parameter gets it.

use expect_test::expect;

use super::check;

#[test]
fn an_argument_that_is_only_put_into_a_new_list_stays_as_it_is() {
    check(
        r#"
def pair(a, b):
    return [a, b]
"#,
        "pair([1], [2])",
        expect![""],
    );
}

#[test]
fn a_method_that_changes_its_list_changes_the_argument() {
    check(
        r#"
def push(a, b):
    a.append(b)
"#,
        "push([1], [2])",
        expect!["changes 0"],
    );
}

#[test]
fn an_argument_by_keyword_goes_to_its_parameter() {
    check(
        r#"
def push(a, b):
    a.append(b)
"#,
        "push(b=[2], a=[1])",
        expect!["changes a="],
    );
}

#[test]
fn a_change_is_followed_through_a_call() {
    check(
        r#"
def push(a, b):
    a.append(b)

def outer(a, b):
    push(b, a)
"#,
        "outer([1], [2])",
        expect!["changes 1"],
    );
}

#[test]
fn a_default_that_is_none_is_replaced_by_a_new_list() {
    check(
        r#"
def collect(a, out=None):
    if out is None:
        out = []
    out.append(a)
    return out
"#,
        "collect([1])",
        expect![""],
    );
}

#[test]
fn what_stands_in_for_a_default_changes() {
    check(
        r#"
def collect(a, out=None):
    if out is None:
        out = []
    out.append(a)
    return out
"#,
        "collect([1], out=[2])",
        expect!["changes out="],
    );
}

#[test]
fn a_mutable_default_is_shared_between_calls() {
    check(
        r#"
def collect(a, out=[]):
    out.append(a)
    return out
"#,
        "collect([1])",
        expect!["changes shared objects: 1"],
    );
}

#[test]
fn a_starred_parameter_holds_the_rest() {
    check(
        r#"
def last(*values):
    values[1].append(1)
"#,
        "last([1], [2])",
        expect!["changes 1"],
    );
}

#[test]
fn a_loop_over_a_starred_parameter_changes_each() {
    check(
        r#"
def all_of(*values):
    for value in values:
        value.append(1)
"#,
        "all_of([1], [2])",
        expect!["changes 0; changes 1"],
    );
}

#[test]
fn a_double_starred_parameter_holds_the_keywords() {
    check(
        r#"
def named(**values):
    values["a"].append(1)
"#,
        "named(a=[1], b=[2])",
        expect!["changes a="],
    );
}

#[test]
fn starred_arguments_are_passed_on_in_place() {
    check(
        r#"
def push(a, b):
    a.append(b)

def spread(function, *values, **named):
    return function(*values, **named)
"#,
        "spread(push, [1], [2])",
        expect!["changes 1"],
    );
}

#[test]
fn starred_keywords_are_passed_on_by_name() {
    check(
        r#"
def push(a, b):
    a.append(b)

def spread(function, *values, **named):
    return function(*values, **named)
"#,
        "spread(push, b=[1], a=[2])",
        expect!["changes a="],
    );
}

#[test]
fn a_keyword_only_parameter_has_a_default() {
    check(
        r#"
def put(a, *, into=None):
    if into is not None:
        into.append(a)
"#,
        "put([1])",
        expect![""],
    );
}

#[test]
fn a_keyword_only_parameter_that_is_passed_changes() {
    check(
        r#"
def put(a, *, into=None):
    if into is not None:
        into.append(a)
"#,
        "put([1], into=[2])",
        expect!["changes into="],
    );
}

#[test]
fn one_value_passed_twice_is_one() {
    check(
        r#"
x = [1]

def push(a, b):
    b.append(1)
"#,
        "push(x, x)",
        expect!["changes 0"],
    );
}

#[test]
fn a_number_that_is_added_to_stays_as_it_is() {
    check(
        r#"
def increase(x):
    x += 1
    return x
"#,
        "increase(3)",
        expect![""],
    );
}

#[test]
fn a_list_that_is_added_to_in_place_changes() {
    check(
        r#"
def increase(x):
    x += [1]
    return x
"#,
        "increase([3])",
        expect!["changes 0"],
    );
}

#[test]
fn adding_to_a_tuple_is_not_told_from_changing_it() {
    check(
        r#"
def increase(x):
    x += (1,)
    return x
"#,
        "increase((3, 4))",
        expect!["changes 0"],
    );
}

#[test]
fn a_string_is_never_changed() {
    check(
        r#"
def shout(x):
    x += "!"
    return x.upper()
"#,
        "shout(\"a\")",
        expect![""],
    );
}
