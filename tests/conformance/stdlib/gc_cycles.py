import gc, weakref
gc.collect()
class N:
    def __init__(self): self.me = self
    def __del__(self): print('del N')
n = N(); w = weakref.ref(n); del n
print(w() is not None, gc.collect() > 0, w())
gc.disable()
def f():
    a, b = N(), []
    b.append(b); a.b = b
    return weakref.ref(a)
r = f(); print(r() is not None); gc.collect(); print(r())
class R:
    def __del__(self): global saved; saved = self; print('resurrect')
x = R(); x = None; print(type(saved).__name__); saved = None
gc.set_debug(0); print(gc.isenabled(), gc.garbage)
class T: pass
t = T(); l = [t]; print(len([o for o in gc.get_objects() if isinstance(o, T)]), gc.is_tracked(l)); del t, l
print(len([o for o in gc.get_objects() if type(o) is T]))
o = T(); print([type(x).__name__ for x in gc.get_referrers(o)] == ['dict'])
lst = [o]
print(sorted(type(x).__name__ for x in gc.get_referrers(o)))
def g(p): return sorted(type(x).__name__ for x in gc.get_referrers(p) if type(x).__name__ != 'frame')
print(g(o))
