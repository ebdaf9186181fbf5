use expect_test::{Expect, expect};

use crate::{Expr, ExprKind, Operand, Target, Template, parse};

/// Shows how every statement is lowered.
fn check(text: &str, expected: Expect) {
    let unit = parse(text).unwrap();
    let shown: String =
        unit.statements().iter().map(|statement| shown(&statement.template) + "\n").collect();
    expected.assert_eq(&shown);
}

fn shown(template: &Template) -> String {
    match template {
        Template::Expression(expr) => expression(expr),
        Template::Assign { value, targets } => {
            format!("{} = {}", list(targets, target), expression(value))
        }
        Template::Augmented { operator, target: to, value } => {
            format!("{} {} {}", target(to), operator.word(), expression(value))
        }
        Template::Delete(targets) => format!("del {}", list(targets, target)),
        Template::Import(aliases) => list(aliases, |alias| {
            let name = alias.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            let word = if alias.asname { "as" } else { "for" };
            format!("import {}{name} {word} {}", alias.module, alias.binding)
        }),
        Template::If { test } => format!("if {}", expression(test)),
        Template::Block(kind) => format!("block {}", kind.word()),
        Template::Nothing => "nothing".to_owned(),
    }
}

fn expression(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => format!("{literal:?}"),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Call { function, positional, keyword } => {
            let mut passed: Vec<String> = positional.iter().map(operand).collect();
            passed.extend(keyword.iter().map(|(name, value)| match name {
                Some(name) => format!("{name}={}", expression(value)),
                None => format!("**{}", expression(value)),
            }));
            format!("{}({})", expression(function), passed.join(", "))
        }
        ExprKind::Operator { operator, operands } => {
            format!("{}[{}]", operator.word(), list(operands, operand))
        }
    }
}

fn operand(passed: &Operand) -> String {
    format!("{}{}", if passed.starred { "*" } else { "" }, expression(&passed.value))
}

fn target(to: &Target) -> String {
    match to {
        Target::Name { name, .. } => name.clone(),
        Target::Attribute { object, name, .. } => format!("{}.{name}", expression(object)),
        Target::Item { object, index, .. } => {
            format!("{}[{}]", expression(object), expression(index))
        }
        Target::Sequence { targets, .. } => format!("({})", list(targets, target)),
        Target::Starred(inner) => format!("*{}", target(inner)),
    }
}

fn list<T>(items: &[T], one: impl Fn(&T) -> String) -> String {
    items.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn literals_have_their_values() {
    check(
        r#"
None; True; ...
1_000; 0xff; 9223372036854775807; 9223372036854775808
0xFFFF_FFFF_FFFF_FFFF_FFFF; 0o7777777777777777777777777; 00_0
1.5; 1e400; 2j
'a' "b\n" 'é\x00'; r'\d'; b'\xff' b'c'
'\ud800'; '\N{BULLET}'
"#,
        expect![[r#"
            None
            Bool(true)
            Ellipsis
            Int(1000)
            Int(255)
            Int(9223372036854775807)
            BigInt("9223372036854775808")
            BigInt("1208925819614629174706175")
            BigInt("37778931862957161709567")
            Int(0)
            Float(1.5)
            Float(inf)
            Complex { real: 0.0, imaginary: 2.0 }
            Str("ab\né\0")
            Str("\\d")
            Bytes([255, 99])
            evaluate[]
            Str("•")
        "#]],
    );
}

#[test]
fn operators_have_their_operands_in_order() {
    check(
        "
a + b * -c ** ~d @ e // f % g
not (a and b or c)
a < b <= c is not d not in e
x if t else y
a.b[c][1:2, ::d][e:]
[a, *b]; (a,); {a, b}; {a: b, **c, 'd': e}; ()
(y := f)(x)
f'{a}b{c!r:>{w}}' 'd' f'{e}'; f'plain'
await a
",
        expect![[r#"
            add[a, mod[floordiv[matmul[mul[b, neg[pow[c, invert[d]]]], e], f], g]]
            not_[or[and[a, b], c]]
            compare[a, b, c, d, e]
            conditional[t, x, y]
            getitem[getitem[getitem[getattr[a, Str("b")], c], tuple[slice[Int(1), Int(2), None], slice[None, None, d]]], slice[e, None, None]]
            list[a, *b]
            tuple[a]
            set[a, b]
            dict[a, b, *c, Str("d"), e]
            tuple[]
            f(x)
            format[a, c, w, e]
            format[]
            await[a]
        "#]],
    );
}

#[test]
fn calls_have_what_is_passed() {
    check(
        "
f(a, *b, c, k=d, **e)(1).m(*g, h=i)
",
        expect![[r#"
            getattr[f(a, *b, c, k=d, **e)(Int(1)), Str("m")](*g, h=i)
        "#]],
    );
}

#[test]
fn what_is_evaluated_as_a_whole_has_the_names_that_it_reads_at_once() {
    check(
        "
f(lambda x, y=d: x + later, a)
[x + b for x in a for z in x if c]
{k: v for k, v in a.items()}
g(i * s for i in n)
",
        expect![[r#"
            f(evaluate[d], a)
            evaluate[b, a, c]
            evaluate[a]
            g(evaluate[s, n])
        "#]],
    );
}

#[test]
fn statements_have_their_targets() {
    check(
        "
a = b.c = d[e], (f, *g) = [h, *i] = v
a: T = v
a: T
a.b += 1; a[b] >>= 2; a @= c
del a, b.c, d[e:], (f, [g])
assert a, b
raise a from b
raise
type A[T] = list[T, U]
pass
global q
",
        expect![[r#"
            a, b.c, (d[e], (f, *g)), (h, *i) = v
            a = v
            T
            a.b iadd Int(1)
            a[b] irshift Int(2)
            a imatmul c
            del a, b.c, d[slice[e, None, None]], (f, (g))
            assert[a, b]
            raise[a, b]
            raise[]
            A = evaluate[list, U]
            nothing
            nothing
        "#]],
    );
}

#[test]
fn imports_have_their_modules() {
    check(
        "
import a.b.c, d.e as f, g
from . import h
from ..i.j import k as l, m as m
from n import *
",
        expect![[r#"
            import a.b.c for a, import d.e as f, import g for g
            import . h for h
            import ..i.j k as l, import ..i.j m as m
            import n * for *
        "#]],
    );
}

#[test]
fn compound_statements_are_blocks_and_branches() {
    check(
        "
if a: pass
elif b(): pass
for i in j: pass
while k: break
with l: pass
try: pass
finally: pass
match m:
    case _: pass
@n
def o(): p
class q: r
",
        expect![[r#"
            if a
            nothing
            if b()
            nothing
            block for
            nothing
            block while
            nothing
            block with
            nothing
            block try
            nothing
            nothing
            block match
            nothing
            block def
            p
            block class
            r
        "#]],
    );
}

#[test]
fn ranges_are_those_of_cpythons_tree() {
    let text = "x = (f)((a), (b + c), k=(d), *(e))[(0):(1)].g(i for i in j)\n";
    let unit = parse(text).unwrap();
    let Template::Assign { value, .. } = &unit.statements()[0].template else { panic!() };
    let mut shown = String::new();
    let mut left = vec![value];
    while let Some(expr) = left.pop() {
        shown += &format!("{}\n", expr.range.of(text));
        match &expr.kind {
            ExprKind::Call { function, positional, keyword } => {
                left.extend(keyword.iter().map(|(_, value)| value));
                left.extend(positional.iter().rev().map(|passed| &passed.value));
                left.push(function);
            }
            ExprKind::Operator { operands, .. } => {
                left.extend(operands.iter().rev().map(|passed| &passed.value));
            }
            _ => {}
        }
    }
    expect![[r#"
        (f)((a), (b + c), k=(d), *(e))[(0):(1)].g(i for i in j)
        (f)((a), (b + c), k=(d), *(e))[(0):(1)].g
        (f)((a), (b + c), k=(d), *(e))[(0):(1)]
        (f)((a), (b + c), k=(d), *(e))
        f
        a
        b + c
        b
        c
        e
        d
        (0):(1)
        0
        1
        (0):(1)
        g
        (i for i in j)
        (i for i in j)
    "#]]
    .assert_eq(&shown);
}

#[test]
fn what_nests_too_deep_is_evaluated_as_a_whole() {
    fn depth(expr: &Expr) -> usize {
        let inner: Vec<&Expr> = match &expr.kind {
            ExprKind::Call { function, positional, keyword } => std::iter::once(&**function)
                .chain(positional.iter().map(|passed| &passed.value))
                .chain(keyword.iter().map(|(_, value)| value))
                .collect(),
            ExprKind::Operator { operands, .. } => {
                operands.iter().map(|passed| &passed.value).collect()
            }
            _ => Vec::new(),
        };
        1 + inner.into_iter().map(depth).max().unwrap_or_default()
    }
    let sum = format!("a{}", " + 1".repeat(10_000));
    let methods = format!("a{}", ".b(c)".repeat(10_000));
    let signs = format!("{}a", "-".repeat(10_000));
    let choices = format!("{}a", "b if c else ".repeat(10_000));
    let lambdas = format!("{}a", "lambda: ".repeat(10_000));
    let powers = format!("a{}", " ** b".repeat(10_000));
    let items = format!("a{}", "[b]".repeat(10_000));
    for text in [sum, methods, signs, choices, lambdas, powers, items] {
        let unit = parse(&text).unwrap();
        let Template::Expression(expr) = &unit.statements()[0].template else { panic!() };
        assert!(depth(expr) <= 202, "{}", depth(expr));
        let names = || unit.statements()[0].own.reads.iter().map(|read| &read.name);
        assert_eq!(names().any(|name| name == "a"), !text.starts_with("lambda"));
    }
}
