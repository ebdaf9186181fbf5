use expect_test::expect;

use super::check;

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
