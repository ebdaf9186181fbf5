//! Functions: functions within functions, decorated, generating and passed on.

use expect_test::expect;

use super::check;

#[test]
fn recursion_comes_to_an_end() {
    check(
        r#"
def f(a, n):
    if n == 0:
        a.append(1)
        return
    f(a, n - 1)
"#,
        "f([1], 3)",
        expect!["changes 0"],
    );
}

#[test]
fn functions_that_call_each_other_come_to_an_end() {
    check(
        r#"
def one(a, n):
    return other(n, a)

def other(n, a):
    if n:
        return one(a, n - 1)
    a.clear()
"#,
        "one([1], 3)",
        expect!["changes 0"],
    );
}

#[test]
fn a_function_within_changes_what_is_around_it() {
    check(
        r#"
def f(values):
    def go(i):
        values.append(i)
    for i in range(3):
        go(i)
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn a_lambda_that_only_reads_changes_nothing() {
    check(
        r#"
def f(values):
    return sorted(values, key=lambda value: value.name)
"#,
        "f([1])",
        expect![""],
    );
}

#[test]
fn a_generator_that_is_not_gone_through_changes_nothing() {
    check(
        r#"
def f(values):
    for value in values:
        yield value
"#,
        "f([1])",
        expect![""],
    );
}

#[test]
fn of_a_generator_that_changes_something_later_nothing_is_said() {
    check(
        r#"
def f(values):
    values.append(1)
    yield 1
"#,
        "f([1])",
        expect!["not followed"],
    );
}

#[test]
fn what_a_generator_yields_is_followed() {
    check(
        r#"
def numbers(values):
    for value in values:
        yield value

def f(rows):
    for row in numbers(rows):
        row.append(1)
"#,
        "f([[1]])",
        expect!["changes 0.**"],
    );
}

#[test]
fn a_decorator_of_the_library_is_looked_through() {
    check(
        r#"
from functools import wraps

def logged(function):
    @wraps(function)
    def inner(*values, **named):
        return function(*values, **named)
    return inner

@logged
def push(a, b):
    a.append(b)

@logged
def pair(a, b):
    return a, b
"#,
        "push([1], [2])",
        expect!["changes 0"],
    );
}

#[test]
fn two_functions_under_one_decorator_are_told_apart() {
    check(
        r#"
from functools import wraps

def logged(function):
    @wraps(function)
    def inner(*values, **named):
        return function(*values, **named)
    return inner

@logged
def push(a, b):
    a.append(b)

@logged
def pair(a, b):
    return a, b
"#,
        "pair([1], [2])",
        expect![""],
    );
}

#[test]
fn a_partial_function_passes_what_it_was_given_in_any_place() {
    check(
        r#"
from functools import partial

def push(a, b):
    a.append(b)

push_one = partial(push, b=1)

def f(a):
    push_one(a)
"#,
        "f([1])",
        expect!["changes 0; changes 0.**; changes shared objects: 1"],
    );
}

#[test]
fn a_cached_function_is_looked_through() {
    check(
        r#"
from functools import lru_cache

@lru_cache
def cached(a):
    a.append(1)

def f(a):
    return cached(a)
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn a_function_that_is_passed_is_called() {
    check(
        r#"
def push(a):
    a.append(1)

def each(function, rows):
    for row in rows:
        function(row)
"#,
        "each(push, [[1]])",
        expect!["changes 1.**"],
    );
}

#[test]
fn a_function_given_to_map_is_taken_to_be_called() {
    check(
        r#"
def push(a):
    a.append(1)

def f(rows):
    return list(map(push, rows))
"#,
        "f([[1]])",
        expect!["changes 0; changes 0.**"],
    );
}

#[test]
fn a_closure_made_by_a_call_knows_its_variable() {
    check(
        r#"
def adder(into):
    def add(value):
        into.append(value)
    return add

kept = []
add = adder(kept)
"#,
        "add(1)",
        expect!["changes shared objects: 1"],
    );
}

#[test]
fn a_coroutine_is_not_followed() {
    check(
        r#"
async def f(a):
    a.append(1)
"#,
        "f([1])",
        expect!["may change 0; may change 0.**; may change anything"],
    );
}
