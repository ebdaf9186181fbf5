class A:
    n = 0
    def __getattr__(self, k):
        A.n += 1
        print('getattr', k)
        if k.startswith('__'): raise AttributeError(k)
        return 1
a = A()
b = a
l = [a]
d = {'a': a}
def f(x): return x
f(a)
f(a).foo
f(x=a).bar
l[0].baz = 2
print(a.baz, A.n)
class Lie:
    @property
    def __class__(self): print('__class__ asked'); return int
lie = Lie()
l2 = lie
print(isinstance(lie, int), type(lie) is Lie)
class Weird:
    def __getattr__(self, k): print('weird', k); return lambda *a, **k: self
w = Weird()
w.a.b if False else w.a().b(1).c
x = w
[w][0]
class NoDict:
    __slots__ = ('a',)
nd = NoDict()
nd.a = nd
del nd.a
try:
    nd.b = 1
except AttributeError as e:
    print(e)
class Raises:
    def __getattribute__(self, k): raise RuntimeError('never touch ' + k)
r = Raises()
rr = [r, (r,), {'r': r}]
f(r)
f(f)(r)
def g(*a, **k): return a[0]
g(r, r, k=r)
try:
    r.x
except RuntimeError as e:
    print(e)
try:
    r.x = 1
    print('set fine')
    r()
except (RuntimeError, TypeError) as e:
    print(e)
