use expect_test::expect;

use super::check;

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
