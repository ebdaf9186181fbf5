use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::{Access, Read, ScopeKind, Unit, parse};

/// Shows what every statement does, and every scope.
pub(super) fn check(text: &str, expected: Expect) {
    let unit = parse(text).unwrap();
    let mut shown = String::new();
    for statement in unit.statements() {
        let depth = std::iter::successors(statement.parent, |&(id, _)| unit.statement(id).parent);
        let indent = "    ".repeat(depth.count());
        writeln!(shown, "{indent}{}: {}", statement.id, access(&unit, &statement.own)).unwrap();
        for suite in statement.suites.iter().filter(|suite| suite.own != Access::default()) {
            writeln!(shown, "{indent}  {:?}: {}", suite.suite, access(&unit, &suite.own)).unwrap();
        }
        if statement.is_compound() {
            writeln!(shown, "{indent}  whole: {}", access(&unit, &statement.whole)).unwrap();
        }
    }
    for scope in unit.scopes() {
        let parent = scope.parent.map(|place| format!(" in {}", unit.scopes()[place].name));
        write!(shown, "{}{}:", scope.name, parent.unwrap_or_default()).unwrap();
        write!(shown, " reads {}", reads(&scope.reads)).unwrap();
        if !scope.binds.is_empty() {
            write!(shown, "; binds {}", scope.binds.join(", ")).unwrap();
        }
        shown.push('\n');
    }
    expected.assert_eq(&shown);
}

fn access(unit: &Unit, access: &Access) -> String {
    let mut parts = Vec::new();
    if !access.reads.is_empty() {
        parts.push(format!("reads {}", reads(&access.reads)));
    }
    for (word, deletes) in [("binds", false), ("deletes", true)] {
        let names: Vec<String> = access
            .binds
            .iter()
            .filter(|binding| binding.deletes == deletes)
            .map(|binding| format!("{}{}", binding.name, if binding.certain { "" } else { "?" }))
            .collect();
        if !names.is_empty() {
            parts.push(format!("{word} {}", names.join(", ")));
        }
    }
    if !access.scopes.is_empty() {
        let names: Vec<&str> =
            access.scopes.iter().map(|&place| unit.scopes()[place].name.as_str()).collect();
        parts.push(format!("scopes {}", names.join(", ")));
    }
    if access.calls {
        parts.push("calls".to_owned());
    }
    if access.star_import {
        parts.push("star".to_owned());
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join("; ") }
}

fn reads(reads: &[Read]) -> String {
    let one = |read: &Read| {
        std::iter::once(&read.name).chain(&read.path).cloned().collect::<Vec<_>>().join(".")
    };
    if reads.is_empty() {
        return "nothing".to_owned();
    }
    reads.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn assignments_read_their_values_and_bind_their_targets() {
    check(
        "
y = f(x, np.random.rand(3)) + np.pi
a, (b, *c) = d = y
e.f[g].h = 1
i += j
k.l += m
n[o] -= p
del q, r.s, t[u]
",
        expect![[r#"
            s0: reads f, x, np.random.rand, np.pi; binds y; calls
            s1: reads y; binds a, b, c, d; calls
            s2: reads e.f, g; calls
            s3: reads i, j; binds i
            s4: reads k.l, m; calls
            s5: reads n, o, p; calls
            s6: reads q, r, t, u; deletes q; calls
        "#]],
    );
}

#[test]
fn annotations_are_read_where_they_are_evaluated() {
    check(
        "
a: T
b: T = v
(c): T
o.a: T
def f(x: A, *y: B, z: C = d, **w: 'S') -> R:
    local: T = later
    return local
",
        expect![[r#"
            s0: reads T
            s1: reads v, T; binds b
            s2: reads T
            s3: reads o, T
            s4: reads d, A, B, C, R; binds f; scopes f
                s5: reads later; binds f.local
                s6: reads f.local
            f: reads later
        "#]],
    );
    check(
        "
from __future__ import annotations
a: T
def f(x: A = d) -> R: pass
",
        expect![[r#"
            s0: binds annotations; calls
            s1: nothing
            s2: reads d; binds f; scopes f
                s3: nothing
            f: reads nothing
        "#]],
    );
}

#[test]
fn imports_bind_the_first_part_of_a_dotted_name() {
    check(
        "
import os.path, sys as system, a.b as c
from . import x, y as z
from m import *
",
        expect![[r#"
            s0: binds os, system, c; calls
            s1: binds x, z; calls
            s2: calls; star
        "#]],
    );
}

#[test]
fn comprehensions_have_variables_of_their_own_and_take_the_first_iterable_from_outside() {
    check(
        "
x = [x for x in x]
y = {k: v + c for k, v in d.items() for w in v if w in s}
z = sum(i * j for i in a for j in b)
def f(p):
    return [p + q + r for q in p]
",
        expect![[r#"
            s0: reads x; binds x; calls
            s1: reads d.items, s, c; binds y; calls
            s2: reads sum, a, b; binds z; scopes <genexpr>; calls
            s3: binds f; scopes f
                s4: reads f.p, r; calls
            <listcomp>: reads nothing
            <dictcomp>: reads s, c
            <genexpr>: reads b
            f: reads r
            <listcomp> in f: reads f.p, r
        "#]],
    );
}

#[test]
fn walrus_in_a_comprehension_binds_outside_it() {
    check(
        "
a = [y := f(x) for x in xs]
any((m := n) for n in ns)
def g():
    [k := i for i in k]
    return k
def h():
    global k
    return [k := i for i in ()]
lambda: (l := 1) + l
",
        expect![[r#"
            s0: reads xs, f; binds y?, a; calls
            s1: reads any, ns; binds m?; scopes <genexpr>; calls
            s2: binds g; scopes g
                s3: reads g.k; binds g.k?; calls
                s4: reads g.k
            s5: binds h; scopes h
                s6: nothing
                s7: binds k?; calls
            s8: scopes <lambda>
            <listcomp>: reads f; binds y
            <genexpr>: reads nothing; binds m
            g: reads nothing
            <listcomp> in g: reads nothing; binds g.k
            h: reads nothing; binds k
            <listcomp> in h: reads nothing; binds k
            <lambda>: reads nothing
        "#]],
    );
}

#[test]
fn a_walrus_that_may_not_run_is_uncertain() {
    check(
        "
(a := 1) + a
x and (b := 1) and b
(c := 1) if t else (c := 2)
c if t else (d := 1)
0 < (e := 1) < (f := 2)
assert (g := x), (h := y)
",
        expect![[r#"
            s0: binds a
            s1: reads x; binds b?
            s2: reads t; binds c?
            s3: reads t, c; binds d?
            s4: binds e, f?
            s5: reads x, y; binds g, h?
        "#]],
    );
}

#[test]
fn reads_that_find_what_the_statement_bound_itself_are_left_out() {
    check(
        "
for i in range(n):
    t = f(i)
    u = t + u
else:
    i
if a:
    x = 1
else:
    x = 2
    y = 2
while x:
    x = y = x - 1
    del y
    y
with open(p) as h:
    r = h.read()
",
        expect![[r#"
            s0: reads range, n; binds i?; calls
              whole: reads range, n, f, u, i; binds i?, t?, u?; calls
                s1: reads f, i; binds t; calls
                s2: reads t, u; binds u
                s3: reads i
            s4: reads a
              whole: reads a; binds x?, y?
                s5: binds x
                s6: binds x
                s7: binds y
            s8: reads x
              whole: reads x, y; binds x?, y?; deletes y?
                s9: reads x; binds x, y
                s10: reads y; deletes y
                s11: reads y
            s12: reads open, p; binds h; calls
              whole: reads open, p; binds h, r?; calls
                s13: reads h.read; binds r; calls
        "#]],
    );
}

#[test]
fn an_elif_is_an_if_in_the_else_of_another() {
    check(
        "
if a:
    x = 1
elif b:
    x = 2
elif c:
    pass
else:
    x = 3
",
        expect![[r#"
            s0: reads a
              whole: reads a, b, c; binds x?
                s1: binds x
                s2: reads b
                  whole: reads b, c; binds x?
                    s3: binds x
                    s4: reads c
                      whole: reads c; binds x?
                        s5: nothing
                        s6: binds x
        "#]],
    );
}

#[test]
fn the_name_of_an_except_is_bound_and_unbound() {
    check(
        "
try:
    import a
except (E, lib.F) as e:
    print(e)
except G:
    a = None
else:
    use(a)
finally:
    e
",
        expect![[r#"
            s0: nothing
              Handler(0): reads E, lib.F; binds e?
              Handler(1): reads G
              whole: reads use, E, lib.F, print, G, e; binds a?, e?; deletes e?; calls
                s1: binds a; calls
                s2: reads print, e; calls
                s3: binds a
                s4: reads use, a; calls
                s5: reads e
        "#]],
    );
}

#[test]
fn patterns_read_values_and_bind_captures() {
    check(
        "
match point(p):
    case Color.RED | 0: pass
    case Point(x=0, y=yy) if yy > limit: use(yy)
    case {'k': v, KEYS.a: 1, **rest}: pass
    case [first, *_, last]: pass
    case str() as s: pass
    case other: pass
",
        expect![[r#"
            s0: reads point, p; calls
              Case(0): reads Color.RED
              Case(1): reads Point, limit; binds yy?; calls
              Case(2): reads KEYS.a; binds v?, rest?
              Case(3): binds first?, last?
              Case(4): reads str; binds s?; calls
              Case(5): binds other?
              whole: reads point, p, Color.RED, Point, limit, use, KEYS.a, str; binds yy?, v?, rest?, first?, last?, s?, other?; calls
                s1: nothing
                s2: reads use, yy; calls
                s3: nothing
                s4: nothing
                s5: nothing
                s6: nothing
        "#]],
    );
}

#[test]
fn type_parameters_have_a_scope_of_their_own() {
    check(
        "
def f[T: Bound = Default](x: T, y: Y = T) -> T:
    return T
class C[T](Base[T]):
    K = int
    def m[U](self, x: K, y: U, z: T) -> Z: return K, U, T
    type A[V] = list[V, K, A]
type X[S] = dict[S, X, Y]
type Y = Later
class _D[__P](__P):
    a = __P
",
        expect![[r#"
            s0: reads T, Bound, Default, Y; binds f; scopes f
                s1: nothing
            s2: reads Base, int, Z, list; binds C; scopes m; calls
                s3: reads int
                s4: reads K, Z; scopes m
                    s5: reads K
                s6: reads list, K
            s7: reads dict, Y; binds X
            s8: reads Later; binds Y
            s9: binds _D; calls
                s10: nothing
            f: reads nothing
            C: reads int, Z, list, K
            m in C: reads K
            _D: reads nothing
        "#]],
    );
}

#[test]
fn a_function_in_a_loop_may_be_called_there_or_later() {
    check(
        "
for i in range(3):
    def f(x=i): return i + x
    fs.append([lambda: g(i) for _ in (h() for h in hs)])
",
        expect![[r#"
            s0: reads range; binds i?; calls
              whole: reads range, fs.append, hs; binds i?, f?; scopes f, <genexpr>, <lambda>; calls
                s1: reads i; binds f; scopes f
                    s2: reads i, f.x
                s3: reads fs.append, hs; scopes <genexpr>, <lambda>; calls
            f: reads i
            <listcomp>: reads g, i
            <lambda> in <listcomp>: reads g, i
            <genexpr>: reads nothing
        "#]],
    );
}

#[test]
fn names_are_known_in_their_normal_form() {
    check(
        "ﬁ = x.ﬂ",
        expect![[r#"
        s0: reads x.fl; binds fi
    "#]],
    );
}

#[test]
fn strings_with_values_in_them_read_those() {
    check(
        "
f'{a!r:>{w.idth}} {b=}' f'{f\"{c}\"}' 'd'
t'{e:{g}}'
",
        expect![[r#"
            s0: reads a, w.idth, b, c
            s1: reads e, g
        "#]],
    );
}

#[test]
fn asynchronous_code_reads_and_calls_as_other_code_does() {
    check(
        "
await a
async for b in c: pass
async with d as e: pass
[f async for f in g if await h]
async def i(): yield j
",
        expect![[r#"
            s0: reads a; calls
            s1: reads c; binds b?; calls
              whole: reads c; binds b?; calls
                s2: nothing
            s3: reads d; binds e; calls
              whole: reads d; binds e; calls
                s4: nothing
            s5: reads g, h; calls
            s6: binds i; scopes i
                s7: reads j; calls
            <listcomp>: reads h
            i: reads j
        "#]],
    );
}

#[test]
fn operators_and_attribute_reads_are_no_calls() {
    check(
        "
a = -b + c[d].e < 1 and f'{g}'
raise h
*i,
j.k = 1
def l(): m()
class N: pass
@o
class P(Q): pass
global r
",
        expect![[r#"
            s0: reads b, c, d, g; binds a
            s1: reads h; calls
            s2: reads i; calls
            s3: reads j; calls
            s4: binds l; scopes l
                s5: reads m; calls
            s6: binds N
                s7: nothing
            s8: reads o, Q; binds P; calls
                s9: nothing
            s10: nothing
            l: reads m
            N: reads nothing
            P: reads nothing
        "#]],
    );
}

#[test]
fn scopes_start_where_cpython_says() {
    let text = "\
@d
@e
async def f(a=lambda: 0): pass
@g
class C: x = f(i for i in y)
z = ({k: v for k, v in w}, (h for h in {1 for _ in ()}))
";
    let unit = parse(text).unwrap();
    let shown: String = unit
        .scopes()
        .iter()
        .map(|scope| {
            assert_eq!(scope.start, scope.range.start);
            let deferred = if scope.kind.is_deferred() { " later" } else { "" };
            assert_eq!(scope.kind == ScopeKind::Lambda, scope.name == "<lambda>");
            format!("{}{deferred}: {}\n", scope.name, scope.range.of(text))
        })
        .collect();
    expect![[r#"
        f later: async def f(a=lambda: 0): pass
        <lambda> later: lambda: 0
        C: class C: x = f(i for i in y)
        <genexpr> later: (i for i in y)
        <dictcomp>: {k: v for k, v in w}
        <genexpr> later: (h for h in {1 for _ in ()})
        <setcomp>: {1 for _ in ()}
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_long_chain_of_operators_tells_all_its_names() {
    let chain: Vec<String> = (0..10_000).map(|i| format!("v{i}")).collect();
    let unit = parse(&format!("x = {}", chain.join(" + "))).unwrap();
    let reads: Vec<&str> =
        unit.statements()[0].whole.reads.iter().map(|read| read.name.as_str()).collect();
    assert_eq!(reads, chain);
}
