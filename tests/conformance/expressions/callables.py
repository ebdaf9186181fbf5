class C:
    n = 0
    def __call__(self, *a, **k):
        C.n += 1
        return C.n, a, k
c = C()
print(c(), c(1, k=2), c(*[3]))
class Meta(type):
    def __call__(cls, *a, **k):
        print('meta call', a, k)
        return super().__call__(*a, **k)
class D(metaclass=Meta):
    def __new__(cls, *a, **k): print('new', a, k); return object.__new__(cls)
    def __init__(self, *a, **k): print('init', a, k)
d = D(1, x=2)
print(type(d).__name__)
class E:
    __call__ = C()
print(E()(5))
class F:
    @property
    def m(self): print('prop'); return lambda x: x + 1
f = F()
print(f.m(1), f.m(f.m(1)))
class G:
    def __getattr__(self, k): print('getattr', k); return lambda *a: (k, a)
g = G()
print(g.foo(1).__class__, g.bar(), g.baz(g.q(1)))
class Inst:
    pass
i = Inst()
i.__call__ = lambda: 1
try:
    i()
except TypeError as e:
    print(e)
class Slots:
    __slots__ = ('fn',)
s = Slots()
s.fn = lambda *a: a
print(s.fn(1))
from functools import partial, partialmethod
p = partial(int, base=2)
print(p('101'), p.func is int, p.keywords)
class PM:
    def a(self, x, y): return x, y
    b = partialmethod(a, 1)
print(PM().b(2))
print(type('T', (), {'__call__': lambda s: 'dyn'})()())
bound = 'x'.upper
print(bound(), str.upper('y'), int.__add__(1, 2), (5).__add__(6))
print([].__class__(), type(1)(2.7), (lambda: print)()('printed'))
