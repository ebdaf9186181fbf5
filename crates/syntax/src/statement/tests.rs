use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::parse;

/// Shows where every statement, its header and its suites stand.
fn check(text: &str, expected: Expect) {
    let unit = parse(text).unwrap();
    let mut shown = String::new();
    for statement in unit.statements() {
        let place = statement.parent.map(|(id, suite)| format!(" in {suite:?} of {id}"));
        let range = statement.range.of(text);
        writeln!(
            shown,
            "{} {:?}{}: {:?} in {:?} … {:?}",
            statement.id,
            statement.kind,
            place.unwrap_or_default(),
            statement.header.of(text),
            range.lines().next().unwrap(),
            range.lines().last().unwrap().trim(),
        )
        .unwrap();
        for suite in &statement.suites {
            let header = suite.header.of(text);
            let range = suite.range.of(text);
            writeln!(shown, "    {:?}: {header:?} {range:?}", suite.suite).unwrap();
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn suites_are_those_of_cpythons_tree() {
    check(
        "\
if a: b
elif (c): # d
    e
else :
    f ; g
for h in {i: j}: k
else: l
while m[n:o]:
    p
with q as r, \\
     s: t
try: u
except v as w:
    x
except: y
else:
    z
finally:  a
match b:
    case {'c': d} if e: f
    case _:
        g
",
        expect![[r#"
            s0 If: "if a:" in "if a: b" … "f ; g"
                Body: "if a:" "b"
                Else: "" "elif (c): # d\n    e\nelse :\n    f ; g"
            s1 Expression in Body of s0: "b" in "b" … "b"
            s2 Elif in Else of s0: "elif (c):" in "elif (c): # d" … "f ; g"
                Body: "elif (c):" "e"
                Else: "else :" "f ; g"
            s3 Expression in Body of s2: "e" in "e" … "e"
            s4 Expression in Else of s2: "f" in "f" … "f"
            s5 Expression in Else of s2: "g" in "g" … "g"
            s6 For: "for h in {i: j}:" in "for h in {i: j}: k" … "else: l"
                Body: "for h in {i: j}:" "k"
                Else: "else:" "l"
            s7 Expression in Body of s6: "k" in "k" … "k"
            s8 Expression in Else of s6: "l" in "l" … "l"
            s9 While: "while m[n:o]:" in "while m[n:o]:" … "p"
                Body: "while m[n:o]:" "p"
            s10 Expression in Body of s9: "p" in "p" … "p"
            s11 With: "with q as r, \\\n     s:" in "with q as r, \\" … "s: t"
                Body: "with q as r, \\\n     s:" "t"
            s12 Expression in Body of s11: "t" in "t" … "t"
            s13 Try: "try:" in "try: u" … "finally:  a"
                Body: "try:" "u"
                Handler(0): "except v as w:" "x"
                Handler(1): "except:" "y"
                Else: "else:" "z"
                Finally: "finally:" "a"
            s14 Expression in Body of s13: "u" in "u" … "u"
            s15 Expression in Handler(0) of s13: "x" in "x" … "x"
            s16 Expression in Handler(1) of s13: "y" in "y" … "y"
            s17 Expression in Else of s13: "z" in "z" … "z"
            s18 Expression in Finally of s13: "a" in "a" … "a"
            s19 Match: "match b:" in "match b:" … "g"
                Case(0): "case {'c': d} if e:" "f"
                Case(1): "case _:" "g"
            s20 Expression in Case(0) of s19: "f" in "f" … "f"
            s21 Expression in Case(1) of s19: "g" in "g" … "g"
        "#]],
    );
}

#[test]
fn definitions_start_at_their_first_decorator() {
    check(
        "\
@a
# b
@c(d)
async def e(f: {g: h} = lambda: i) -> j: k
class L(m): n
if o:
    @p
    class Q: r
",
        expect![[r#"
            s0 Function: "async def e(f: {g: h} = lambda: i) -> j:" in "@a" … "async def e(f: {g: h} = lambda: i) -> j: k"
                Body: "async def e(f: {g: h} = lambda: i) -> j:" "k"
            s1 Expression in Body of s0: "k" in "k" … "k"
            s2 Class: "class L(m):" in "class L(m): n" … "class L(m): n"
                Body: "class L(m):" "n"
            s3 Expression in Body of s2: "n" in "n" … "n"
            s4 If: "if o:" in "if o:" … "class Q: r"
                Body: "if o:" "@p\n    class Q: r"
            s5 Class in Body of s4: "class Q:" in "@p" … "class Q: r"
                Body: "class Q:" "r"
            s6 Expression in Body of s5: "r" in "r" … "r"
        "#]],
    );
}

#[test]
fn offsets_are_bytes() {
    check(
        "'é'; ü = '日本' # ö\r\ndef ñ(): ä",
        expect![[r#"
            s0 Expression: "'é'" in "'é'" … "'é'"
            s1 Assign: "ü = '日本'" in "ü = '日本'" … "ü = '日本'"
            s2 Function: "def ñ():" in "def ñ(): ä" … "def ñ(): ä"
                Body: "def ñ():" "ä"
            s3 Expression in Body of s2: "ä" in "ä" … "ä"
        "#]],
    );
}
