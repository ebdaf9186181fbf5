log = []
class D:
    def __set_name__(self, o, n): log.append(('set_name', o.__name__, n)); self.n = n
    def __get__(self, i, o=None): log.append(('get', i is None, o.__name__)); return self if i is None else i.__dict__.get(self.n, 'dflt')
    def __set__(self, i, v): log.append(('set', v)); i.__dict__[self.n] = v
    def __delete__(self, i): log.append(('delete',)); del i.__dict__[self.n]
class N:
    def __get__(self, i, o): log.append('nondata'); return lambda *a: a
class C:
    d = D()
    n = N()
c = C()
c.d = 1
c.d += 1
print(c.d, C.d is C.__dict__['d'])
del c.d
print(c.d, c.n(1, 2), C.n())
c.n = 'inst'
print(c.n)
print(log)
class P:
    def __init__(self): self._x = 0
    def gx(self): print('get'); return self._x
    def sx(self, v): print('set', v); self._x = v
    def dx(self): print('del'); del self._x
    x = property(gx, sx, dx, 'docs')
p = P()
p.x = p.x + 1
p.x += 1
del p.x
try:
    p.x
except AttributeError as e:
    print(e)
class RO:
    @property
    def v(self): return 1
try:
    RO().v = 2
except AttributeError as e:
    print(e)
try:
    del RO().v
except AttributeError as e:
    print(e)
from functools import cached_property
class CP:
    @cached_property
    def v(self): print('computed'); return 7
q = CP()
print(q.v, q.v, vars(q))
