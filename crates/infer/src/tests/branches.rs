//! Branches: tests whose outcome is known, and those whose outcome is not.

use expect_test::expect;

use super::check;

#[test]
fn a_flag_that_is_false_leads_to_a_copy() {
    check(
        r#"
def by_flag(x, inplace=False):
    if not inplace:
        x = x.copy()
    x.sort()
    return x
"#,
        "by_flag([1])",
        expect![""],
    );
}

#[test]
fn a_flag_that_is_true_leads_to_a_change() {
    check(
        r#"
def by_flag(x, inplace=False):
    if not inplace:
        x = x.copy()
    x.sort()
    return x
"#,
        "by_flag([1], inplace=True)",
        expect!["changes 0"],
    );
}

#[test]
fn a_flag_by_position_is_one_too() {
    check(
        r#"
def by_flag(x, inplace=False):
    if not inplace:
        x = x.copy()
    x.sort()
    return x
"#,
        "by_flag([1], True)",
        expect!["changes 0"],
    );
}

#[test]
fn isinstance_is_known_for_a_list() {
    check(
        r#"
def by_kind(x):
    if isinstance(x, list):
        x.append(1)
    return len(x)
"#,
        "by_kind([1])",
        expect!["changes 0"],
    );
}

#[test]
fn isinstance_is_known_for_a_set() {
    check(
        r#"
def by_kind(x):
    if isinstance(x, list):
        x.append(1)
    return len(x)
"#,
        "by_kind({1})",
        expect![""],
    );
}

#[test]
fn isinstance_of_several_classes_is_known() {
    check(
        r#"
def f(x):
    if isinstance(x, (set, dict)):
        x.clear()
"#,
        "f([1])",
        expect![""],
    );
}

#[test]
fn a_text_that_is_compared_decides() {
    check(
        r#"
def f(x, how):
    if how == "change":
        x.append(1)
"#,
        "f([1], \"keep\")",
        expect![""],
    );
}

#[test]
fn a_text_that_is_equal_decides() {
    check(
        r#"
def f(x, how):
    if how == "change":
        x.append(1)
"#,
        "f([1], \"change\")",
        expect!["changes 0"],
    );
}

#[test]
fn a_number_that_is_compared_decides() {
    check(
        r#"
def f(x, n):
    if n == 0:
        x.append(1)
"#,
        "f([1], 1)",
        expect![""],
    );
}

#[test]
fn an_order_of_numbers_does_not_decide() {
    check(
        r#"
def f(x, n):
    if n > 0:
        x.append(1)
"#,
        "f([1], 0)",
        expect!["changes 0"],
    );
}

#[test]
fn an_early_return_does_not_keep_what_follows_from_being_looked_at() {
    check(
        r#"
def f(x, n):
    if n is None:
        return x
    x.append(1)
"#,
        "f([1], 3)",
        expect!["changes 0"],
    );
}

#[test]
fn what_follows_a_certain_return_is_not_reached() {
    check(
        r#"
def f(x, n):
    if n is None:
        return x
    x.append(1)
"#,
        "f([1], None)",
        expect![""],
    );
}

#[test]
fn a_handler_may_run() {
    check(
        r#"
def tries(values):
    try:
        return values["a"]
    except KeyError:
        values["a"] = 1
"#,
        "tries({})",
        expect!["changes 0"],
    );
}

#[test]
fn finally_runs() {
    check(
        r#"
def f(x):
    try:
        return 1
    finally:
        x.clear()
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn hasattr_of_a_list_is_known() {
    check(
        r#"
def f(x):
    if hasattr(x, "nothing"):
        x.clear()
"#,
        "f([1])",
        expect![""],
    );
}

#[test]
fn the_type_of_a_value_is_known() {
    check(
        r#"
def f(x):
    if type(x) is list:
        x.clear()
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn the_type_of_another_value_is_known() {
    check(
        r#"
def f(x):
    if type(x) is list:
        x.clear()
"#,
        "f({1})",
        expect![""],
    );
}

#[test]
fn every_case_of_a_match_statement_is_taken_to_be_possible() {
    check(
        r#"
def f(x, how):
    match how:
        case "a":
            x.append(1)
        case _:
            pass
"#,
        "f([1], \"b\")",
        expect!["changes 0"],
    );
}

#[test]
fn a_while_loop_is_followed() {
    check(
        r#"
def f(x):
    while x:
        x.pop()
"#,
        "f([1])",
        expect!["changes 0"],
    );
}
