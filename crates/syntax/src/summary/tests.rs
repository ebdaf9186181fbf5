use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::Summaries;

mod call;
mod control_flow;
mod scope;
mod unknown;
mod value;

/// Shows what the functions of a name do.
fn check(name: &str, text: &str, expected: Expect) {
    let summaries = Summaries::read(text).unwrap();
    let mut shown = String::new();
    for summary in summaries.iter().filter(|summary| summary.name == name) {
        write!(shown, "{summary}").unwrap();
    }
    expected.assert_eq(&shown);
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
