use expect_test::{Expect, expect};

use crate::parse;

fn check(text: &str, expected: Expect) {
    let shown = match parse(text) {
        Ok(unit) => format!("{} statements", unit.statements().len()),
        Err(error) => format!("{}: {error}", error.offset),
    };
    expected.assert_eq(&shown);
}

#[test]
fn what_is_no_python_is_refused_with_the_place() {
    check("x = 1\ny = (", expect!["11: unexpected EOF while parsing"]);
    check("x = 1\n  y", expect!["6: Unexpected indentation"]);
    check("é = 'a", expect!["5: missing closing quote in string literal"]);
    check("%matplotlib inline", expect!["0: Expected a statement"]);
    check("print 1", expect!["6: Simple statements must be separated by newlines or semicolons"]);
    check("a $ b", expect!["2: Got unexpected token $"]);
}

#[test]
fn what_only_the_compiler_refuses_is_let_through() {
    check("return 1; nonlocal x; break", expect!["3 statements"]);
}

#[test]
fn an_empty_text_has_no_statements() {
    check("", expect!["0 statements"]);
    check(" \t\n\x0c\r\n# only this", expect!["0 statements"]);
}

#[test]
fn the_limits_are_pythons() {
    let brackets = |count: usize| format!("{}{}", "(".repeat(count), ")".repeat(count));
    check(&brackets(200), expect!["1 statements"]);
    check(&brackets(201), expect!["200: too many nested parentheses"]);
    check(&brackets(1_000_000), expect!["200: too many nested parentheses"]);
    check(&"[".repeat(1_000_000), expect!["200: too many nested parentheses"]);
    check(&format!("'{}'", brackets(1000)), expect!["1 statements"]);
    let nested = |count: usize| -> String {
        let line = |level: usize| format!("{}if a:\n", " ".repeat(level));
        (0..count).map(line).chain([" ".repeat(count) + "b"]).collect()
    };
    check(&nested(99), expect!["100 statements"]);
    check(&nested(100), expect!["5550: too many levels of indentation"]);
}

#[test]
fn any_depth_without_brackets_is_read() {
    for (link, end) in [
        ("-", "a"),
        ("not ", "a"),
        ("lambda: ", "a"),
        ("a if b else ", "c"),
        ("a ** ", "b"),
        ("a + ", "b"),
        ("a < ", "b"),
        ("a and ", "b"),
        ("a.", "b"),
        ("a = ", "b"),
        ("'a' ", "'b'"),
        ("a; ", "b"),
    ] {
        parse(&format!("{}{end}", link.repeat(50_000))).unwrap();
    }
    for link in ["()", "[a]", ".b", " if a else b", " or b"] {
        parse(&format!("a{}", link.repeat(50_000))).unwrap();
    }
    parse(&format!("match a:\n case b{}: pass", ".c".repeat(50_000))).unwrap();
    parse(&format!("if a: b\n{}", "elif c: d\n".repeat(500))).unwrap();
}
