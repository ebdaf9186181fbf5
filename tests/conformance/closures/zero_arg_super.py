class Base:
    def __init__(self, *a, **k): print('Base', a, k)
    def m(self, x=0): return ['Base.m', x]
    @property
    def p(self): return 'Base.p'
    @classmethod
    def c(cls): return 'Base.c', cls.__name__
    def __getitem__(self, k): return ('Base', k)
    def __init_subclass__(cls, **k): super().__init_subclass__(); print('sub', cls.__name__, k)
class L(Base, tag='l'):
    def __init__(self, *a, **k): print('L'); super().__init__(*a, 'l', **k)
    def m(self, x=0): return ['L'] + super().m(x + 1)
    @property
    def p(self): return 'L+' + super().p
    @classmethod
    def c(cls): return super().c()
    def __getitem__(self, k): return super().__getitem__(k), super(L, self)[k] if False else 0
class R(Base):
    def __init__(self, *a, **k): print('R'); super().__init__(*a, 'r', **k)
    def m(self, x=0): return ['R'] + super().m(x + 10)
class D(L, R, tag=1):
    def __init__(self): super().__init__(1, k=2)
    def m(self): return ['D', *super().m(), *[super(D, self).m()[0] for _ in 'a']]
d = D()
print(d.m(), d.p, d.c(), D.c(), d[5])
class S:
    def f(self):
        s = super()
        return s.__thisclass__.__name__, s.__self__ is self, s.__self_class__.__name__
print(S().f())
class X(Base):
    def m(self):
        try:
            super().nope()
        except AttributeError as e:
            print(e)
        def inner(): return super().m()
        try:
            inner()
        except (RuntimeError, TypeError) as e:
            print(type(e).__name__, e)
        del self
        try:
            super().m()
        except RuntimeError as e:
            print(e)
X().m()
def free(self): return super().m()
try:
    free(d)
except RuntimeError as e:
    print(e)
sup = super
class Y(Base):
    def m(self):
        try:
            return sup().m()
        except RuntimeError as e:
            return str(e)
    def n(self):
        __class__
        return sup().m()
print(Y().m(), Y().n())
super = lambda *a: 'shadowed'
class Z:
    def m(self): return super(), super(1)
print(Z().m())
