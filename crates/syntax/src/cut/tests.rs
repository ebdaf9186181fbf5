use expect_test::{Expect, expect};

use crate::{Range, Unit, parse};

/// Cuts the text down to what `keep` names: stretches of the text, each the first of its kind.
fn check(text: &str, keep: &[&str], expected: Expect) {
    let unit = parse(text).unwrap();
    let cut = unit.cut(&unit.keep(keep.iter().map(|part| find(&unit, part))));
    expected.assert_eq(&cut);
    parse(&cut).unwrap_or_else(|error| panic!("{error}\n{cut}"));
}

fn find(unit: &Unit, part: &str) -> Range {
    let start = unit.text().find(part).unwrap_or_else(|| panic!("no {part:?}"));
    Range::new(u32::try_from(start).unwrap(), u32::try_from(start + part.len()).unwrap())
}

/// Each line of what is kept of a statement at the top, behind its number in the text.
fn check_lines(text: &str, keep: &[&str], expected: Expect) {
    let unit = parse(text).unwrap();
    let kept = unit.keep(keep.iter().map(|part| find(&unit, part)));
    let lines = unit.cut_statements(&kept).into_iter().map(|(_, cut)| {
        let lines = cut.lines.iter().zip(cut.text.lines());
        lines.map(|(number, line)| format!("{number}: {line}\n")).collect::<String>()
    });
    expected.assert_eq(&lines.collect::<Vec<_>>().join("--\n"));
}

#[test]
fn the_lines_of_a_statement_are_those_of_the_text() {
    check_lines(
        "import a, b; x = 1\nfrom m import (c,\n    d)\n# Why.\nif x:\n    # One.\n    y = 1\n    z = f(1,\n          2)\nelse:\n    w = 2\n",
        &["b", "x = 1", "d", "z = f(1,\n          2)"],
        expect![[r#"
            1: import b
            --
            1: x = 1
            --
            2: from m import (d)
            --
            5: if x:
            8:     z = f(1,
            9:           2)
        "#]],
    );
    check_lines(
        "def f():\n    a = 1\n    if a:\n        b = 2\n    for c in d: e\n    return g\n",
        &["def f():", "if a:", "for c in d:", "return g"],
        expect![[r#"
            1: def f():
            3:     if a:
            4:         pass
            5:     for c in d: pass
            6:     return g
        "#]],
    );
}

#[test]
fn statements_on_one_line_are_cut_apart() {
    let text = "x = 1; y = 2; z = x  # sum\n";
    check(
        text,
        &["x = 1", "z = x"],
        expect![[r#"
        x = 1; z = x  # sum
    "#]],
    );
    check(
        text,
        &["y = 2"],
        expect![[r#"
        y = 2
    "#]],
    );
    check(
        text,
        &["x = 1", "y = 2"],
        expect![[r#"
        x = 1; y = 2
    "#]],
    );
    check(
        "a; \\\n b; c;\nd",
        &["a", "c"],
        expect![[r#"
        a; c;
    "#]],
    );
    check(
        "a; \\\n b; c ;\nd",
        &["b"],
        expect![[r#"
        b
    "#]],
    );
    check("a;b;", &["b"], expect!["b;"]);
}

#[test]
fn comments_go_with_the_statement_they_belong_to() {
    check(
        "\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
# A free comment.

# About a.
# More about a.
a = 1  # a's own

# Free again.


# About b.
b = 2  # b's own
c = 3  # c's own

# The last word.
",
        &["b = 2"],
        expect![[r#"
            #!/usr/bin/env python
            # -*- coding: utf-8 -*-


            # About b.
            b = 2  # b's own
        "#]],
    );
    check(
        "\
# About a.

a = 1
# About b.
b = 2


# About c.
c = 3
",
        &["a = 1", "c = 3"],
        expect![[r#"
            a = 1


            # About c.
            c = 3
        "#]],
    );
}

#[test]
fn blank_lines_stay_before_what_they_stood_before() {
    check(
        "\n\na\n\n\n\nb\n\nc\n\n",
        &["b", "c"],
        expect![[r#"
        b

        c
    "#]],
    );
    check(
        "\n\na\n\n\n\nb\n\nc\n\n",
        &["a", "c"],
        expect![[r#"
        a

        c
    "#]],
    );
}

#[test]
fn a_comment_does_not_become_the_encoding_of_the_file() {
    check(
        "a\nb\n# coding: latin-1\nd\n",
        &["\nd"],
        expect![[r#"
        d
    "#]],
    );
}

#[test]
fn imports_are_cut_by_name() {
    check(
        "import os, sys\n",
        &["os"],
        expect![[r#"
        import os
    "#]],
    );
    check(
        "import os, sys\n",
        &["sys"],
        expect![[r#"
        import sys
    "#]],
    );
    check(
        "import os.path as p, sys, re # why\n",
        &["os.path as p", "re"],
        expect![[r#"
        import os.path as p, re # why
    "#]],
    );
}

#[test]
fn imports_in_brackets_are_cut_by_name() {
    let text = "from m import (a, b as c,  # note\n d)\n";
    check(
        text,
        &["a"],
        expect![[r#"
        from m import (a)
    "#]],
    );
    check(
        text,
        &["b as c"],
        expect![[r#"
        from m import (b as c,  # note
        )
    "#]],
    );
    check(
        text,
        &["d"],
        expect![[r#"
        from m import (d)
    "#]],
    );
    check(
        text,
        &["a", " d"],
        expect![[r#"
        from m import (a,
         d)
    "#]],
    );
    let text = "\
from m import (
    # first
    a,  # about a
    b,
    # above c
    c,  # about c
    d,  # about d
)
x
";
    check(
        text,
        &["a,"],
        expect![[r#"
        from m import (
            # first
            a,  # about a
        )
    "#]],
    );
    check(
        text,
        &["b,"],
        expect![[r#"
        from m import (
            b,
        )
    "#]],
    );
    check(
        text,
        &["a,", "c,"],
        expect![[r#"
        from m import (
            # first
            a,  # about a
            # above c
            c,  # about c
        )
    "#]],
    );
    check(
        text,
        &["b,", "d,"],
        expect![[r#"
        from m import (
            b,
            d,  # about d
        )
    "#]],
    );
}

#[test]
fn imports_over_lines_are_cut_by_name() {
    check(
        "from m import a, \\\n  b, \\\n  c\n",
        &["a", "c"],
        expect![[r#"
        from m import a, c
    "#]],
    );
    check(
        "from m import \\\n  a, \\\n  b\n",
        &["b"],
        expect![[r#"
        from m import \
          b
    "#]],
    );
    check(
        "from m import a, b\n",
        &["from m"],
        expect![[r#"
        from m import a, b
    "#]],
    );
}

#[test]
fn imports_that_change_the_compiler_stay() {
    check(
        "'doc'\nfrom __future__ import annotations, division\nx = 1\ny = 2\n",
        &["y = 2"],
        expect![[r#"
            from __future__ import annotations, division
            y = 2
        "#]],
    );
}

#[test]
fn an_emptied_suite_gets_pass() {
    check(
        "if a:  # why\n    # what\n    x = 1\n    y = 2\nz\n",
        &["a"],
        expect![[r#"
            if a:  # why
                pass
        "#]],
    );
    check(
        "if a: x; y  # note\nz\n",
        &["a"],
        expect![[r#"
        if a: pass
    "#]],
    );
    check(
        "if a: x; y  # note\nz\n",
        &["y"],
        expect![[r#"
        if a: y  # note
    "#]],
    );
    check(
        "if a: x; y  # note\nz",
        &["x", "z"],
        expect![[r#"
        if a: x
        z"#]],
    );
    check(
        "while a:\n\tx\n\tbreak",
        &["a"],
        expect![[r#"
        while a:
        	pass"#]],
    );
}

#[test]
fn a_branch_without_anything_kept_goes() {
    let text = "\
if a:
    x = 1
elif b:
    x = 2
# otherwise
else:  # no
    x = 3
    y = 3
z = x
";
    check(
        text,
        &["x = 1"],
        expect![[r#"
        if a:
            x = 1
    "#]],
    );
    check(
        text,
        &["x = 2"],
        expect![[r#"
        if a:
            pass
        elif b:
            x = 2
    "#]],
    );
    check(
        text,
        &["x = 3"],
        expect![[r#"
        if a:
            pass
        elif b:
            pass
        # otherwise
        else:  # no
            x = 3
    "#]],
    );
    check(
        text,
        &["b", "z = x"],
        expect![[r#"
        if a:
            pass
        elif b:
            pass
        z = x
    "#]],
    );
    check(
        text,
        &["    x = 3\n    y = 3"],
        expect![[r#"
        if a:
            pass
        elif b:
            pass
        # otherwise
        else:  # no
            x = 3
            y = 3
    "#]],
    );
}

#[test]
fn else_of_a_loop_goes_and_clauses_of_a_try_stay() {
    let text = "\
for i in a:
    x
else:
    y
try:
    b
    c
except E:  # oh
    d
except F as f: e
else:
    g
finally:
    h
";
    check(
        text,
        &["x"],
        expect![[r#"
        for i in a:
            x
    "#]],
    );
    check(
        text,
        &["y"],
        expect![[r#"
        for i in a:
            pass
        else:
            y
    "#]],
    );
    check(
        text,
        &["c"],
        expect![[r#"
        try:
            c
        except E:  # oh
            pass
        except F as f: pass
    "#]],
    );
    check(
        text,
        &["g", "    h"],
        expect![[r#"
        try:
            pass
        except E:  # oh
            pass
        except F as f: pass
        else:
            g
        finally:
            h
    "#]],
    );
    check(
        "try:\n    a\nfinally:\n    b\n",
        &["a"],
        expect![[r#"
        try:
            a
        finally:
            pass
    "#]],
    );
    check(
        "try: a\nfinally: b\n",
        &["try"],
        expect![[r#"
        try: pass
        finally: pass
    "#]],
    );
}

#[test]
fn cases_stay() {
    check(
        "\
match a:  # which

    # one
    case 1:
        x
        y
    # other
    case _: z
w
",
        &["y"],
        expect![[r#"
            match a:  # which

                # one
                case 1:
                    y
                # other
                case _: pass
        "#]],
    );
}

#[test]
fn what_is_kept_in_full_is_copied_as_it_stands() {
    check(
        "\
a
with b as c:
    # free

    d  ;  e ; # tail
    def f(): # g

        # h

        return 1
# about i
i
",
        &["with b as c:
    # free

    d  ;  e ; # tail
    def f(): # g

        # h

        return 1"],
        expect![[r#"
            with b as c:
                # free

                d  ;  e ; # tail
                def f(): # g

                    # h

                    return 1
        "#]],
    );
}

#[test]
fn decorators_go_with_their_definition() {
    check(
        "a\n\n\n@b\n# why\n@c(\n  d)\ndef e():\n    return f\n\n\nclass G: h = 1\n",
        &["return f"],
        expect![[r#"
            @b
            # why
            @c(
              d)
            def e():
                return f
        "#]],
    );
}

#[test]
fn any_line_ends_are_kept() {
    let unit = parse("if a:\r\n    x\r\n    y\r\n\r\nz\r\n").unwrap();
    let kept = unit.keep([find(&unit, "a"), find(&unit, "z")]);
    assert_eq!(unit.cut(&kept), "if a:\r\n    pass\r\n\r\nz\r\n");
    let unit = parse("a\rif b:\r  c\r\r  d\x0c\r\x0ce\r").unwrap();
    let kept = unit.keep([find(&unit, "d")]);
    assert_eq!(unit.cut(&kept), "if b:\r\r  d\x0c\r");
}

#[test]
fn nothing_kept_is_nothing() {
    check("a\n# b\nc\n", &[], expect![[r#""#]]);
    check(
        "# a\n\n# b\n",
        &[],
        expect![[r#"
        # a

        # b
    "#]],
    );
    check("", &[], expect![[r#""#]]);
}
