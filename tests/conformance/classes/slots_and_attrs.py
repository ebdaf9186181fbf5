class A:
    __slots__ = ('a', '__b', '__weakref__')
    def __init__(self): self.a = 1; self.__b = 2
    def get(self): return self.__b
a = A()
print(a.get(), A.__slots__, hasattr(a, '__dict__'))
del a.a
try:
    a.a
except AttributeError as e:
    print(e)
class B(A): pass
b = B(); b.z = 1; print(vars(b))
class C:
    def __setattr__(self, k, v): print('set', k, v); self.__dict__[k] = v
    def __delattr__(self, k): print('del', k); del self.__dict__[k]
c = C()
c.x = c.y = 1
c.x, c.y = 2, 3
for c.i in range(2): pass
with open(__file__) as c.f: pass
[0 for c.k in [5, 6]]
del c.x, c.y, c.f
print(c.__dict__)
import types
ns = types.SimpleNamespace(a=1)
ns.b = [ns.a]
ns.b[0] += 1
ns.b.append(ns.b[:])
print(ns)
m = types.ModuleType('m'); m.v = 1; print(m.v, vars(m)['v'])
setattr(ns, 'dyn', 3); print(getattr(ns, 'dyn'), delattr(ns, 'dyn'), hasattr(ns, 'dyn'))
A.cls = 1; A.cls += 1; del A.cls
print(hasattr(A, 'cls'))
int_err = None
try:
    int.x = 1
except TypeError as e:
    print(e)
try:
    (5).x = 1
except AttributeError as e:
    print(e)
