use expect_test::expect;

use super::tests::check;

#[test]
fn functions_run_later_and_their_defaults_at_once() {
    check(
        "
@deco.rate(n)
def f(a, b=default, *args, **kwargs):
    local = a + outside
    def g():
        nonlocal local
        local = other
    global made
    made = lambda z=local: z + late + local
    return g
",
        expect![[r#"
            s0: reads deco.rate, n, default; binds f; scopes f; calls
                s1: reads f.a, outside; binds f.local
                s2: reads f.local; binds f.g; scopes g
                    s3: nothing
                    s4: reads other; binds f.local
                s5: nothing
                s6: reads f.local; binds made; scopes <lambda>
                s7: reads f.g
            f: reads outside, other, late; binds made
            g in f: reads other; binds f.local
            <lambda> in f: reads late, f.local
        "#]],
    );
}

#[test]
fn a_name_bound_anywhere_in_a_function_is_local_everywhere_in_it() {
    check(
        "
def f():
    print(x)
    for x in xs: pass
def g():
    try: pass
    except E as e: pass
    with o as (w, *v): pass
    import a.b
    from m import n as l
    class C: pass
    del d
    (q := 1)
    s: int
    match p:
        case {'k': k, **rest} | [k, *rest]: pass
        case P(u, v=t) as r: pass
    return e, w, v, a, m, n, l, C, d, q, s, k, rest, u, t, r
",
        expect![[r#"
            s0: binds f; scopes f
                s1: reads print, f.x; calls
                s2: reads xs; binds f.x?; calls
                  whole: reads xs; binds f.x?; calls
                    s3: nothing
            s4: binds g; scopes g
                s5: nothing
                  Handler(0): reads E; binds g.e?
                  whole: reads E; binds g.e?; deletes g.e?
                    s6: nothing
                    s7: nothing
                s8: reads o; binds g.w, g.v; calls
                  whole: reads o; binds g.w, g.v; calls
                    s9: nothing
                s10: binds g.a; calls
                s11: binds g.l; calls
                s12: binds g.C
                    s13: nothing
                s14: reads g.d; deletes g.d
                s15: binds g.q
                s16: nothing
                s17: reads p
                  Case(0): binds g.k?, g.rest?
                  Case(1): reads P; binds g.u?, g.t?, g.r?; calls
                  whole: reads p, P; binds g.k?, g.rest?, g.u?, g.t?, g.r?; calls
                    s18: nothing
                    s19: nothing
                s20: reads g.e, g.w, g.v, g.a, m, n, g.l, g.C, g.d, g.q, g.s, g.k, g.rest, g.u, g.t, g.r
            f: reads print, xs
            g: reads E, o, p, P, m, n
            C in g: reads nothing
        "#]],
    );
}

#[test]
fn global_passes_through_functions_and_not_through_classes() {
    check(
        "
def f():
    global x
    def g(): return x
    class C:
        global y
        y = x
        def h(self): return y
    y = 1
    def i():
        global x, z
        x = 1
        del z
",
        expect![[r#"
            s0: binds f; scopes f
                s1: nothing
                s2: binds f.g; scopes g
                    s3: reads x
                s4: reads x; binds y, f.C; scopes h
                    s5: nothing
                    s6: reads x; binds y
                    s7: scopes h
                        s8: reads f.y
                s9: binds f.y
                s10: binds f.i; scopes i
                    s11: nothing
                    s12: binds x
                    s13: reads z; deletes z
            f: reads x, z; binds y, x, z
            g in f: reads x
            C in f: reads x, f.y; binds y
            h in C: reads f.y
            i in f: reads z; binds x, z
        "#]],
    );
}

#[test]
fn functions_do_not_see_the_names_of_classes_around_them() {
    check(
        "
class A(Base, metaclass=Meta, k=v):
    a = 1
    b = a
    def m(self, d=a):
        return a, __class__, super
    c = [a for a in a if b]
    e = (b for _ in b)
    m = prop(m)
    q = __qualname__, __class__
    u = u
    if t:
        w = 1
    w
    del a
    a
",
        expect![[r#"
            s0: reads Base, Meta, v, a, b, prop, __class__, u, t, w; binds A; scopes m, <genexpr>; calls
                s1: nothing
                s2: reads a
                s3: reads a; scopes m
                    s4: reads a, super
                s5: reads a, b; calls
                s6: reads b; scopes <genexpr>; calls
                s7: reads prop, m; calls
                s8: reads __qualname__, __class__
                s9: reads u
                s10: reads t
                  whole: reads t
                    s11: nothing
                s12: reads w
                s13: reads a
                s14: reads a
            A: reads a, b, prop, __class__, u, t, w, super
            m in A: reads a, super
            <listcomp> in A: reads b
            <genexpr> in A: reads b
        "#]],
    );
}

#[test]
fn private_names_carry_the_name_of_their_class() {
    check(
        "
class _A:
    def f(self):
        return __x, __y__, self.__z, mod.__w
    __v = __v
__x
",
        expect![[r#"
            s0: reads _A__v; binds _A; scopes f
                s1: scopes f
                    s2: reads _A__x, __y__, _A.f.self._A__z, mod._A__w
                s3: reads _A__v
            s4: reads __x
            _A: reads _A__v, _A__x, __y__, mod._A__w
            f in _A: reads _A__x, __y__, mod._A__w
        "#]],
    );
}
