def show(fn):
    try:
        print('ok', fn())
    except Exception as e:
        print(type(e).__name__, e)
def f(a, b=1, *, c=2): return a, b, c
def k(**kw): return kw
class C:
    def __init__(self, x): pass
    def m(self, y): pass
    @staticmethod
    def s(z): pass
    @classmethod
    def cm(cls, q): pass
    def __call__(self): pass
show(lambda: f(a=1, **{'a': 2}))
show(lambda: k(**{'a': 1}, **{'a': 2}))
show(lambda: k(a=1, **{'a': 2}))
show(lambda: f(1, a=2))
show(lambda: f(*5))
show(lambda: f(1, *5))
show(lambda: f(*[1], *None))
show(lambda: f(**5))
show(lambda: f(1, **None))
show(lambda: f(c=1, **[1]))
show(lambda: k(**{1: 2}))
show(lambda: f())
show(lambda: f(1, 2, 3))
show(lambda: f(1, d=3))
show(lambda: f(1, cc=3))
show(lambda: C())
show(lambda: C(1).m())
show(lambda: C(1).m(1, 2))
show(lambda: C.m())
show(lambda: C.s())
show(lambda: C(1).cm(1, 2))
show(lambda: C(1)(3))
show(lambda: C(1).m(*1))
show(lambda: C(1).m(**{'y': 1}, **{'y': 2}))
show(lambda: 5())
show(lambda: None(1))
show(lambda: 'abc'(*[1], **{}))
show(lambda: len())
show(lambda: len(1, 2))
show(lambda: len(x=1))
show(lambda: print(1, zep=2))
show(lambda: [].append())
show(lambda: [].append(1, *[2]))
show(lambda: {}.get(*3))
show(lambda: dict(**{'a': 1}, **{'a': 1}))
show(lambda: int('x', *[1, 2, 3]))
show(lambda: 'a'.join(1))
show(lambda: 'a'.join([1]))
show(lambda: (lambda x: x)(**{'y': 1}))
show(lambda: sorted([1, 'a']))
show(lambda: type('x', 1, 2))
show(lambda: object(1))
show(lambda: super())
