//! Containers: lists, tuples, dictionaries and what they hold.

use expect_test::expect;

use super::check;

#[test]
fn items_that_are_gone_through_may_all_change() {
    check(
        r#"
def f(rows):
    for row in rows:
        row.append(0)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn what_is_taken_from_a_list_is_of_the_argument() {
    check(
        r#"
def first(rows):
    return rows[0]

def f(rows):
    first(rows).append(1)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn a_tuple_keeps_its_positions_apart() {
    check(
        r#"
def f(a, b):
    both = (a, b)
    both[1].append(1)
"#,
        "f([1], [2])",
        expect!["changes 1"],
    );
}

#[test]
fn a_dictionary_keeps_its_keys_apart() {
    check(
        r#"
def f(a, b):
    both = {"a": a, "b": b}
    both["a"].append(1)
"#,
        "f([1], [2])",
        expect!["changes 0"],
    );
}

#[test]
fn a_list_does_not_keep_its_items_apart() {
    check(
        r#"
def f(a, b):
    both = [a, b]
    both[1].append(1)
"#,
        "f([1], [2])",
        expect!["changes 0; changes 0.**; changes 1; changes 1.**"],
    );
}

#[test]
fn an_item_that_is_deleted_changes_the_dictionary() {
    check(
        r#"
def f(d):
    del d["a"]
"#,
        "f({\"a\": 1})",
        expect!["changes 0"],
    );
}

#[test]
fn an_item_that_is_set_changes_the_dictionary() {
    check(
        r#"
def f(d, x):
    d["a"] = x
"#,
        "f({}, [1])",
        expect!["changes 0"],
    );
}

#[test]
fn what_was_put_into_an_argument_can_be_changed_through_it() {
    check(
        r#"
def f(d, x):
    d["a"] = x
    d["a"].append(1)
"#,
        "f({}, [1])",
        expect!["changes 0; changes 0.**; changes 1; changes 1.**"],
    );
}

#[test]
fn a_shallow_copy_holds_the_same_items() {
    check(
        r#"
def f(rows):
    rows = rows.copy()
    rows[0].append(1)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn a_deep_copy_holds_none_of_them() {
    check(
        r#"
import copy

def f(x):
    x = copy.deepcopy(x)
    x["a"].append(1)
    return x
"#,
        "f({\"a\": []})",
        expect!["reads module:copyreg"],
    );
}

#[test]
fn a_comprehension_makes_a_new_list() {
    check(
        r#"
def f(rows):
    new = [row for row in rows]
    new.append(1)
"#,
        "f([[1]])",
        expect![""],
    );
}

#[test]
fn what_a_comprehension_gathers_is_the_same() {
    check(
        r#"
def f(rows):
    new = [row for row in rows]
    new[0].append(1)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn sorted_makes_a_new_list() {
    check(
        r#"
def f(rows):
    sorted(rows).append(1)
"#,
        "f([[1]])",
        expect![""],
    );
}

#[test]
fn sort_changes_the_list() {
    check(
        r#"
def f(rows):
    rows.sort()
"#,
        "f([[1]])",
        expect!["changes 0"],
    );
}

#[test]
fn a_sum_of_numbers_changes_nothing() {
    check(
        r#"
def f(values):
    result = 0
    for value in values:
        result += value
    return result
"#,
        "f([1, 2])",
        expect![""],
    );
}

#[test]
fn unpacking_takes_items_apart() {
    check(
        r#"
def f(both):
    a, b = both
    a.append(1)
"#,
        "f([[1], [2]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn updating_a_dictionary_changes_it_and_not_what_is_put_in() {
    check(
        r#"
def f(d, **new):
    d.update(new)
"#,
        "f({}, a=[1])",
        expect!["changes 0"],
    );
}

#[test]
fn extending_a_list_does_not_change_the_other() {
    check(
        r#"
def f(a, b):
    a.extend(b)
"#,
        "f([1], [2])",
        expect!["changes 0"],
    );
}

#[test]
fn a_value_that_is_popped_is_of_the_argument() {
    check(
        r#"
def f(rows):
    rows.pop().append(1)
"#,
        "f([[1]])",
        expect!["changes 0; changes 0.**"],
    );
}

#[test]
fn the_values_of_a_dictionary_are_of_the_argument() {
    check(
        r#"
def f(d):
    for value in d.values():
        value.append(1)
"#,
        "f({\"a\": [1]})",
        expect!["changes 0; changes 0.**"],
    );
}

#[test]
fn a_slice_of_a_list_is_not_told_from_its_items() {
    check(
        r#"
def f(rows):
    rows[1:].append(1)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn an_item_of_a_slice_is_of_the_argument() {
    check(
        r#"
def f(rows):
    rows[1:][0].append(1)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}
