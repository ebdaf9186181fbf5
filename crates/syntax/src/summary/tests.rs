use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::Summaries;

/// Tells what the functions of a name do.
fn check(name: &str, text: &str, expected: Expect) {
    let summaries = Summaries::read(text).unwrap();
    let mut told = String::new();
    for summary in summaries.iter().filter(|summary| summary.name == name) {
        write!(told, "{summary}").unwrap();
    }
    expected.assert_eq(&told);
}

#[test]
fn parameters_are_changed_by_stores() {
    check(
        "f",
        r#"
def f(self, x, *rest, key=None, **more):
    self.a = x
    x[0] = key
    del x[1], self.b
    x += rest
"#,
        expect![[r#"
            f(self, x, key, rest, more)
                self.a = x
                x[] = key
                del x[]
                del self.b
                x += rest
        "#]],
    );
}

#[test]
fn a_new_value_of_a_variable_is_another_value() {
    check(
        "f",
        r#"
def f(x):
    x = x.copy()
    x[0] = 1
    return x
"#,
        expect![[r#"
            f(x)
                call x.copy()
                x.copy()[] = 1
                return x.copy()
        "#]],
    );
}

#[test]
fn where_branches_meet_a_variable_is_either() {
    check(
        "f",
        r#"
def f(x, copy):
    if copy:
        x = x.copy()
    x[0] = 1
"#,
        expect![[r#"
            f(x, copy)
                call x.copy()  if copy
                {x | x.copy()}[] = 1
        "#]],
    );
}

#[test]
fn what_follows_an_early_return_is_guarded() {
    check(
        "f",
        r#"
def f(self, reset):
    if not reset:
        return
    self.n = 1
"#,
        expect![[r#"
            f(self, reset)
                self.n = 1  if reset
        "#]],
    );
}

#[test]
fn tests_of_several_parts_guard_by_each() {
    check(
        "f",
        r#"
def f(self, a, b):
    if a and b:
        self.both = 1
    if a or b:
        self.some = 1
    else:
        self.none = 1
"#,
        expect![[r#"
            f(self, a, b)
                self.both = 1  if a, b
                self.some = 1
                self.none = 1  if not a, not b
        "#]],
    );
}

#[test]
fn elif_is_reached_when_the_test_before_failed() {
    check(
        "f",
        r#"
def f(self, kind):
    if kind == "a":
        self.a = 1
    elif kind is None:
        self.b = 1
    else:
        self.c = 1
"#,
        expect![[r#"
            f(self, kind)
                self.a = 1  if kind == "a"
                self.b = 1  if not kind == "a", kind is None
                self.c = 1  if not kind == "a", not kind is None
        "#]],
    );
}

#[test]
fn a_conditional_expression_gives_either() {
    check(
        "f",
        r#"
def f(x, y, deep):
    (x if deep else y).append(1)
"#,
        expect![[r#"
            f(x, y, deep)
                call {x | y}.append(1)
        "#]],
    );
}

#[test]
fn and_or_give_one_of_their_values() {
    check(
        "f",
        r#"
def f(x, y):
    z = x or y
    z.append(1)
"#,
        expect![[r#"
            f(x, y)
                call {x | y}.append(1)
        "#]],
    );
}

#[test]
fn a_loop_binds_what_the_turns_before_left() {
    check(
        "f",
        r#"
def f(xs):
    last = None
    for x in xs:
        if last is not None:
            last.append(x)
        last = x
"#,
        expect![[r#"
            f(xs)
                iterate xs
                call {None | each xs}.append(each xs)  if {None | each xs} is not None
        "#]],
    );
}

#[test]
fn break_and_continue_keep_what_was_bound() {
    check(
        "f",
        r#"
def f(xs, y):
    found = None
    for x in xs:
        if x:
            found = y
            break
        found = x
    found.append(1)
"#,
        expect![[r#"
            f(xs, y)
                iterate xs
                call {None | y | each xs}.append(1)
        "#]],
    );
}

#[test]
fn while_guards_its_body() {
    check(
        "f",
        r#"
def f(self, more):
    while more:
        self.n += 1
"#,
        expect![[r#"
            f(self, more)
                self.n += 1  if more
                self.n = self.n'  if more
        "#]],
    );
}

#[test]
fn handlers_see_all_that_the_body_bound() {
    check(
        "f",
        r#"
def f(a, b):
    x = a
    try:
        x = b
        x = g()
    except ValueError as error:
        x.append(error)
    finally:
        x.close()
"#,
        expect![[r#"
            f(a, b)
                call g()
                call {a | b | g()}.append(caught)
                call {{g() | {a | b | g()}} | a | b | g() | {a | b | g()}}.close()
        "#]],
    );
}

#[test]
fn a_manager_may_end_an_exception() {
    check(
        "f",
        r#"
def f(a, lock):
    x = None
    with lock as held:
        x = a
        held.use()
        return x
    x.append(1)
"#,
        expect![[r#"
            f(a, lock)
                with lock
                call entered lock.use()
                return a
                call {a | None}.append(1)
        "#]],
    );
}

#[test]
fn finally_sees_what_was_before_the_body() {
    check(
        "f",
        r#"
def f(a, b):
    x = a
    try:
        x = b()
    finally:
        x.close()
"#,
        expect![[r#"
            f(a, b)
                call b()
                call {b() | a}.close()
        "#]],
    );
}

#[test]
fn unpacking_keeps_positions_up_to_a_star() {
    check(
        "f",
        r#"
def f(pair):
    a, (b, *c) = pair
    a.x = 1
    b.x = 1
    c.append(1)
"#,
        expect![[r#"
            f(pair)
                pair:0.x = 1
                pair:1:0.x = 1
                call [pair:1:*].append(1)
        "#]],
    );
}

#[test]
fn calls_say_what_they_pass_and_how() {
    check(
        "f",
        r#"
def f(self, x, *args, **kwargs):
    g(x, *args, key=self.k, **kwargs)
    self.m(x).n()
    np.linalg.solve(x)
    args[0](x)
"#,
        expect![[r#"
            f(self, x, args, kwargs)
                call g(x, *args, key=self.k, **kwargs)
                call self.m(x)
                call self.m(x).n()
                call np.linalg.solve(x)
                call args[0](x)
        "#]],
    );
}

#[test]
fn super_is_a_callee_of_its_own() {
    check(
        "fit",
        r#"
class A:
    def fit(self, x):
        return super().fit(x)
    @classmethod
    def make(cls):
        return super(A, cls).make()
"#,
        expect![[r#"
            fit(self, x)
                call super().fit(x)
                return super().fit(x)
        "#]],
    );
}

#[test]
fn super_without_a_method_may_be_anything() {
    check(
        "f",
        r#"
class A:
    def f(self):
        s = super()
        s.fit()
"#,
        expect![[r#"
            f(self)
                call anything.fit()
        "#]],
    );
}

#[test]
fn private_names_carry_their_class() {
    check(
        "f",
        r#"
class _A:
    def f(self):
        self.__x = 1
        self.__go()
"#,
        expect![[r#"
            f(self)
                self._A__x = 1
                call self._A__go()
        "#]],
    );
}

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
fn a_generator_expression_iterates() {
    check(
        "f",
        r#"
def f(xs):
    return any(x.pop() for x in xs)
"#,
        expect![[r#"
            f(xs)
                iterate xs
                call each xs.pop()
                call any((each each xs.pop()))
                return any((each each xs.pop()))
        "#]],
    );
}

#[test]
fn generators_yield() {
    check(
        "f",
        r#"
def f(self, xs):
    yield self
    got = yield from xs
    got.append(1)
"#,
        expect![[r#"
            f(self, xs) yields
                yield self
                iterate xs
                yield each xs
                call anything.append(1)
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

#[test]
fn with_several_targets_all_are_the_value() {
    check(
        "f",
        r#"
def f(self, x):
    a = self.b = x
    a.append(1)
"#,
        expect![[r#"
            f(self, x)
                self.b = x
                call x.append(1)
        "#]],
    );
}

#[test]
fn imports_within_bind() {
    check(
        "f",
        r#"
def f(x):
    import os.path
    import a.b as c
    from ..d import e as g
    os.go(x)
    c.go(x)
    g(x)
"#,
        expect![[r#"
            f(x)
                call import os.go(x)
                call import a.b.go(x)
                call import ..d.e(x)
        "#]],
    );
}

#[test]
fn patterns_bind_parts_of_the_subject() {
    check(
        "f",
        r#"
def f(x):
    match x:
        case [first, *rest]:
            first.append(1)
        case {"k": value, **more}:
            value.append(1)
        case str() as text:
            text.go()
        case other if other:
            return other
"#,
        expect![[r#"
            f(x)
                call x:*.append(1)
                call x:*.append(1)
                call x.go()
                return x  if x
        "#]],
    );
}

#[test]
fn positions_of_a_class_are_not_followed() {
    check(
        "f",
        r#"
def f(x):
    match x:
        case Point(a, b):
            a.append(1)
"#,
        expect![[r#"
            f(x): unknown, matches positions of a class
        "#]],
    );
}

#[test]
fn in_place_operators_change_attributes_and_items() {
    check(
        "f",
        r#"
def f(self, i):
    self.n += 1
    self.rows[i] -= 1
"#,
        expect![[r#"
            f(self, i)
                self.n += 1
                self.n = self.n'
                self.rows[i] += 1
                self.rows[] = self.rows[i]'
        "#]],
    );
}

#[test]
fn f_strings_read() {
    check(
        "f",
        r#"
def f(x, width):
    return f"{x.name():>{width()}}"
"#,
        expect![[r#"
            f(x, width)
                call x.name()
                call width()
                return f"x.name(), width()"
        "#]],
    );
}

#[test]
fn membership_iterates() {
    check(
        "f",
        r#"
def f(x, xs):
    return x in xs
"#,
        expect![[r#"
            f(x, xs)
                iterate xs
                return op(x, xs)
        "#]],
    );
}

#[test]
fn displays_hold_their_items() {
    check(
        "f",
        r#"
def f(a, b):
    d = {"a": a, **b}
    t = (a, *b)
    return d, t
"#,
        expect![[r#"
            f(a, b)
                iterate b
                return ({"a": a, *b}, (a, *each b))
        "#]],
    );
}

#[test]
fn slices_are_items() {
    check(
        "f",
        r#"
def f(x):
    x[1:2] = x[::2]
"#,
        expect![[r#"
            f(x)
                x[] = x[:]
        "#]],
    );
}

#[test]
fn an_assertion_does_not_guard() {
    check(
        "f",
        r#"
def f(x):
    assert x, g(x)
    x.append(1)
"#,
        expect![[r#"
            f(x)
                call g(x)  if not x
                call x.append(1)
        "#]],
    );
}

#[test]
fn a_raise_ends_a_block() {
    check(
        "f",
        r#"
def f(x):
    if x is None:
        raise ValueError("none")
        x.never()
    x.append(1)
"#,
        expect![[r#"
            f(x)
                call ValueError("none")  if x is None
                call x.append(1)  if not x is None
        "#]],
    );
}

#[test]
fn what_runs_text_is_unknown() {
    check(
        "f",
        r#"
def f(x):
    exec("x.append(1)")
"#,
        expect![[r#"
            f(x): unknown, runs text or gives variables away
        "#]],
    );
}

#[test]
fn locals_are_unknown() {
    check(
        "f",
        r#"
def f(x):
    return locals()
"#,
        expect![[r#"
            f(x): unknown, runs text or gives variables away
        "#]],
    );
}

#[test]
fn what_makes_a_class_is_unknown() {
    check(
        "f",
        r#"
def f(x):
    class A:
        y = x.pop()
"#,
        expect![[r#"
            f(x): unknown, makes a class
        "#]],
    );
}

#[test]
fn coroutines_are_unknown() {
    check(
        "f",
        r#"
async def f(x):
    await x
"#,
        expect![[r#"
            f(x): unknown, asynchronous
        "#]],
    );
}

#[test]
fn annotations_in_a_body_are_not_evaluated() {
    check(
        "f",
        r#"
def f(x):
    y: g(x) = x
    z: g(x)
    y.append(1)
"#,
        expect![[r#"
            f(x)
                call x.append(1)
        "#]],
    );
}

#[test]
fn an_unbound_variable_may_be_anything() {
    check(
        "f",
        r#"
def f():
    x.append(1)
    x = 1
"#,
        expect![[r#"
            f()
                call anything.append(1)
        "#]],
    );
}

#[test]
fn a_deleted_variable_is_only_unbound() {
    check(
        "f",
        r#"
def f(x):
    del x
"#,
        expect![[r#"
            f(x)
        "#]],
    );
}

#[test]
fn lambdas_have_summaries() {
    check(
        "<lambda>",
        r#"
g = lambda x, *y: x.append(y)
"#,
        expect![[r#"
            <lambda>(x, y)
                call x.append(y)
                return x.append(y)
        "#]],
    );
}

#[test]
fn functions_are_found_by_their_first_line() {
    let text = "
@one
@two(
    3)
def f(x): return x

def g(x): return x
def g(x): return x; y = lambda: 1, lambda: 2
if True:
    def h(): pass
";
    let summaries = Summaries::read(text).unwrap();
    let lines: Vec<String> = summaries
        .iter()
        .map(|summary| {
            let found = summaries.find(&summary.name, summary.line).is_some();
            format!("{} {} {}", summary.line, summary.name, if found { "found" } else { "several" })
        })
        .collect();
    expect![[r#"
        2 f found
        7 g found
        8 g found
        8 <lambda> several
        8 <lambda> several
        10 h found"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn what_nests_deeply_is_unknown_and_does_no_harm() {
    let deep = format!("def f(x):\n    return {}x\n", "x + ".repeat(20_000));
    check(
        "f",
        &deep,
        expect![[r#"
        f(x): unknown, too deep
    "#]],
    );
    let minus = format!("def f(x):\n    return {}x\n", "-".repeat(1_000));
    check(
        "f",
        &minus,
        expect![[r#"
        f(x): unknown, too deep
    "#]],
    );
    let rest = "    elif x:\n        pass\n".repeat(5_000);
    check(
        "f",
        &format!("def f(x):\n    if x:\n        pass\n{rest}"),
        expect![[r#"
        f(x): unknown, too deep
    "#]],
    );
}
