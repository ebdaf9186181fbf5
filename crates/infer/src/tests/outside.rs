//! Outside: what nobody passed: variables of modules and of functions around.

use expect_test::expect;

use super::check;

const VARIABLES: &str = r#"CACHE = {}
COUNT = 0
LIMIT = 3

def remember(key, value):
    CACHE[key] = value
    return value

def count():
    global COUNT
    COUNT += 1
    return COUNT

def look(key):
    return CACHE.get(key)

def limit(x):
    if LIMIT == 3:
        return x
    x.clear()

def into_cache(key):
    CACHE[key].append(1)

def show(x):
    print(x)
"#;

#[test]
fn an_object_of_the_module_that_is_changed_is_shared() {
    check(VARIABLES, "remember('a', 1)", expect!["changes shared objects: 1"]);
}

#[test]
fn a_variable_of_the_module_is_bound_anew() {
    check(VARIABLES, "count()", expect!["binds COUNT"]);
}

#[test]
fn looking_into_an_object_of_the_module_changes_nothing() {
    check(VARIABLES, "look('a')", expect![""]);
}

#[test]
fn a_constant_of_the_module_decides() {
    check(VARIABLES, "limit([1])", expect![""]);
}

#[test]
fn what_an_object_of_the_module_holds_is_shared() {
    check(VARIABLES, "into_cache('a')", expect!["changes shared objects: 1"]);
}

#[test]
fn printing_is_an_external_state() {
    check(VARIABLES, "show([1])", expect!["writes standard_streams"]);
}

#[test]
fn an_argument_that_is_kept_by_the_module_can_be_changed_through_it() {
    check(
        r#"
KEPT = {}

def f(a):
    KEPT["a"] = a
    KEPT["a"].append(1)
"#,
        "f([1])",
        expect!["changes 0; changes 0.**; changes shared objects: 1"],
    );
}

#[test]
fn a_variable_that_a_function_around_owns_is_bound_by_one_within() {
    check(
        r#"
def f():
    n = 0
    def go():
        nonlocal n
        n += 1
    go()
    return n
"#,
        "f()",
        expect![""],
    );
}

#[test]
fn an_object_of_the_module_that_is_passed_is_the_argument() {
    check(
        r#"
KEPT = []

def f(a):
    KEPT.append(1)
"#,
        "f(KEPT)",
        expect!["changes 0"],
    );
}

#[test]
fn a_module_that_is_imported_within_a_function_is_known() {
    check(
        r#"
import copy

def f(x):
    from copy import deepcopy
    deepcopy(x).append(1)
"#,
        "f([1])",
        expect!["reads module:copyreg"],
    );
}
