use expect_test::expect;

use super::check;

#[test]
fn lambdas_are_part_of_the_function_and_take_anything() {
    check(
        "f",
        r#"
def f(xs, log):
    return sorted(xs, key=lambda x: log.append(x))
"#,
        expect![[r#"
            f(xs, log)
                call log.append(anything)
                call sorted(xs, key=function)
                return sorted(xs, key=function)
        "#]],
    );
}

#[test]
fn functions_within_are_part_of_it() {
    check(
        "f",
        r#"
def f(xs):
    count = []
    def each(x):
        count.append(x)
        x.seen = True
        return x
    return map(each, xs)
"#,
        expect![[r#"
            f(xs)
                call [].append(anything)
                anything.seen = True
                call map(function, xs)
                return map(function, xs)
        "#]],
    );
}

#[test]
fn functions_within_see_whatever_a_variable_is_bound_to() {
    check(
        "f",
        r#"
def f(a, b):
    x = a
    def change():
        x.append(1)
    x = b
    return change
"#,
        expect![[r#"
            f(a, b)
                call {a | b}.append(1)
                return function
        "#]],
    );
}

#[test]
fn a_decorated_function_within_is_passed_to_its_decorator() {
    check(
        "f",
        r#"
def f(cache):
    @cache.keep
    def g():
        pass
    return g
"#,
        expect![[r#"
            f(cache)
                call cache.keep(function)
                return cache.keep(function)
        "#]],
    );
}

#[test]
fn free_variables_are_told_from_globals() {
    check(
        "wrapper",
        r#"
def decorator(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
"#,
        expect![[r#"
            wrapper(args, kwargs)
                call free function(*args, **kwargs)
                return free function(*args, **kwargs)
        "#]],
    );
}

#[test]
fn nonlocal_binds_a_variable_around() {
    check(
        "inner",
        r#"
def outer():
    n = 0
    def inner():
        nonlocal n
        n += 1
    return inner
"#,
        expect![[r#"
            inner()
                free n += 1
                nonlocal n = free n'
        "#]],
    );
}

#[test]
fn nonlocal_of_the_function_itself_is_a_variable() {
    check(
        "f",
        r#"
def f(x):
    y = None
    def g():
        nonlocal y
        y = x
    g()
    y.append(1)
"#,
        expect![[r#"
            f(x)
                call function()
                call {None | x}.append(1)
        "#]],
    );
}

#[test]
fn globals_are_bound_and_changed() {
    check(
        "f",
        r#"
def f(x):
    global count, gone
    count += 1
    CACHE[x] = count
    del gone
"#,
        expect![[r#"
            f(x)
                count += 1
                global count = count'
                CACHE[] = count
                global gone = None
        "#]],
    );
}

#[test]
fn comprehensions_have_variables_of_their_own() {
    check(
        "f",
        r#"
def f(x, xs):
    ys = [x.pop() for x in xs if x]
    x.append(ys)
"#,
        expect![[r#"
            f(x, xs)
                iterate xs
                call each xs.pop()  if each xs
                call x.append([each xs.pop()])
        "#]],
    );
}

#[test]
fn a_comprehension_hides_a_global() {
    check(
        "f",
        r#"
def f(xs):
    ys = {x: y.go() for x, y in xs}
    return y.go()
"#,
        expect![[r#"
            f(xs)
                iterate xs
                call each xs:1.go()
                call y.go()
                return y.go()
        "#]],
    );
}

#[test]
fn a_lambda_in_a_comprehension_sees_its_variable() {
    check(
        "f",
        r#"
def f(xs):
    return [lambda: x.append(1) for x in xs]
"#,
        expect![[r#"
            f(xs)
                iterate xs
                call each xs.append(1)
                return [function]
        "#]],
    );
}

#[test]
fn a_walrus_may_not_have_been_come_to() {
    check(
        "f",
        r#"
def f(x, y):
    if y and (x := y.next):
        pass
    x.append(1)
"#,
        expect![[r#"
            f(x, y)
                call {x | y.next}.append(1)
        "#]],
    );
}
