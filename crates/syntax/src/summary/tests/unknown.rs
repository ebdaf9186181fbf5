use expect_test::expect;

use super::check;

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
