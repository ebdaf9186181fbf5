//! What the text form says, and that nothing gets lost in it.

use expect_test::{Expect, expect};

use crate::Graph;

/// Reads a text and compares what is written back, or the complaint.
fn check(text: &str, expected: Expect) {
    let written = match text.parse::<Graph>() {
        Ok(graph) => graph.to_string(),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&written);
}

#[test]
fn every_kind_has_a_line() {
    check(
        r#"
        n0 = import pandas package "pandas" version "2.1"
        n1 = lookup print @s0:0-5
        n2 = literal "text"
        n3 = call n1(n2, *n0, key=n2, **n0) reads {a=n1, b=n2} after {n0, n2}
        n4 = call add(n2, n2)
        n5 = mutate n2 by n3
        n6 = global x of n3
        n7 = if n4 companion n3 unexecuted n2
        n8 = else n7 unexecuted n2
        n9 = block for reads {a=n1} after {n3} calls {append, print} under n8 @s1:4-9
        "#,
        expect![[r#"
            n0 = import pandas package "pandas" version "2.1"
            n1 = lookup print @s0:0-5
            n2 = literal "text"
            n3 = call n1(n2, *n0, key=n2, **n0) reads {a=n1, b=n2} after {n0, n2}
            n4 = call add(n2, n2)
            n5 = mutate n2 by n3
            n6 = global x of n3
            n7 = if n4 companion n3 unexecuted n2
            n8 = else n7 unexecuted n2
            n9 = block for reads {a=n1} after {n3} calls {append, print} under n8 @s1:4-9
        "#]],
    );
}

#[test]
fn what_may_be_left_out_is_left_out() {
    check(
        "
        n0 = import ..package.module
        n1 = call list() reads {}
        n2 = if n1
        n3 = else n2
        n4 = block unexecuted
        ",
        expect![[r#"
            n0 = import ..package.module
            n1 = call list()
            n2 = if n1
            n3 = else n2
            n4 = block unexecuted
        "#]],
    );
}

#[test]
fn literals_keep_their_type() {
    check(
        r#"
        n0 = literal None
        n1 = literal True
        n2 = literal False
        n3 = literal ...
        n4 = literal 1
        n5 = literal 1.0
        n6 = literal 1e3
        n7 = literal 123456789012345678901234567890
        n8 = literal -9223372036854775808
        n9 = literal 1j
        n10 = literal -0.0
        n11 = literal inf
        n12 = literal NaN
        n13 = literal 1.5-2e-7j
        n14 = literal ""
        n15 = literal b""
        n16 = literal b"\x00\xff\"\\'"
        "#,
        expect![[r#"
            n0 = literal None
            n1 = literal True
            n2 = literal False
            n3 = literal ...
            n4 = literal 1
            n5 = literal 1.0
            n6 = literal 1000.0
            n7 = literal 123456789012345678901234567890
            n8 = literal -9223372036854775808
            n9 = literal 1.0j
            n10 = literal -0.0
            n11 = literal inf
            n12 = literal NaN
            n13 = literal 1.5-2e-7j
            n14 = literal ""
            n15 = literal b""
            n16 = literal b"\x00\xff\"\\\'"
        "#]],
    );
}

#[test]
fn strings_may_be_escaped_as_in_rust_or_as_in_json() {
    check(
        r#"
        n0 = literal "line\nend \"quote\" \u{1f9f6} \t@s0:1-2 under n0"
        n1 = literal "\ud83e\uddf6 \u00e9 \/ \b"
        "#,
        expect![[r#"
            n0 = literal "line\nend \"quote\" 🧶 \t@s0:1-2 under n0"
            n1 = literal "🧶 é / \u{8}"
        "#]],
    );
}

#[test]
fn a_name_stands_in_quotes_where_it_needs_them() {
    check(
        r#"
        n0 = lookup "print"
        n1 = lookup größe
        n2 = lookup "two words"
        n3 = lookup ""
        n4 = call n0("n1"=n1, "a=b"=n2)
        "#,
        expect![[r#"
            n0 = lookup print
            n1 = lookup größe
            n2 = lookup "two words"
            n3 = lookup ""
            n4 = call n0(n1=n1, "a=b"=n2)
        "#]],
    );
}

#[test]
fn an_unknown_kind_is_named() {
    check(
        "
        n0 = litteral 1
        ",
        expect![[r#"
            line 2: expected a node's kind, found `litteral`
        "#]],
    );
}

#[test]
fn an_unknown_operator_is_named() {
    check(
        "n0 = call plus()",
        expect![[r#"
            line 1: expected a node or an operator, found `plus`
        "#]],
    );
}

#[test]
fn an_unknown_block_is_named() {
    check(
        "n0 = block loop",
        expect![[r#"
            line 1: expected a block's kind, found `loop`
        "#]],
    );
}

#[test]
fn a_literal_that_python_would_not_read_is_named() {
    check(
        "n0 = literal text",
        expect![[r#"
            line 1: expected a literal, found `text`
        "#]],
    );
}

#[test]
fn a_node_that_needs_a_later_one_is_refused() {
    check(
        "
        n0 = literal 1
        n1 = call add(n0, n2)
        ",
        expect![[r#"
            line 3: call node n1 needs n2, which is not in the graph
        "#]],
    );
}

#[test]
fn a_number_that_is_left_out_is_noticed() {
    check(
        "
        n0 = literal 1
        n2 = literal 1
        ",
        expect![[r#"
            line 3: n2 stands where n1 comes next
        "#]],
    );
}

#[test]
fn a_quote_that_stays_open_is_shown() {
    check(
        r#"n0 = literal "text"#,
        expect![[r#"
            line 1: "text is no quoted text
        "#]],
    );
    check(
        r#"n0 = literal "\q""#,
        expect![[r#"
            line 1: "\q" is no quoted text
        "#]],
    );
}

#[test]
fn what_is_left_over_is_named() {
    check(
        "n0 = lookup print of",
        expect![[r#"
            line 1: expected the end of the line, found `of`
        "#]],
    );
    check(
        "n0 = lookup print @s0:4",
        expect![[r#"
            line 1: expected a span such as `@s0:4-9`, found `@s0:4`
        "#]],
    );
}

#[test]
fn a_line_that_ends_early_says_what_was_to_come() {
    check(
        "n0 =",
        expect![[r#"
            line 1: expected a node's kind, found the end of the line
        "#]],
    );
    check(
        "n0 = call list(",
        expect![[r#"
            line 1: expected a name, found the end of the line
        "#]],
    );
}
