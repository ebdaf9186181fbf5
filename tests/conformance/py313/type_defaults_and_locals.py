# python: >=3.13
type D[T = int, *Ts = *tuple[int, str], **P = [int]] = list[T]
print(D.__type_params__, D.__type_params__[0].__default__)
class B[T = 'later']:
    def m[U: int = bool](self): return U.__default__
print(B().m(), B.__type_params__[0].__default__, B.__type_params__[0].has_default())
import sys
def f():
    x = 1
    p = sys._getframe().f_locals
    p['x'] = 2
    l = locals()
    l['x'] = 3
    exec('x = 4')
    p['new'] = 5
    return x, type(p).__name__, p['x'], l['x'], 'new' in locals(), locals() is locals()
print(f())
def g():
    h = 1
    def inner(): sys._getframe(1).f_locals['h'] = 99
    inner()
    return h
print(g())
class A:
    """Indented
        doc
    """
    x = 1
    def m(self): self.q = 1; self.r = [self.q]
print(repr(A.__doc__), A.__static_attributes__, A.__firstlineno__)
import copy
print(copy.replace(slice and __import__('types').SimpleNamespace(a=1), a=2))
def o(a): return a.x
try: o(1)
except AttributeError as e: print(e)
class W: x = [k for k in ()]
print(exec('y = 1', closure=None) if 0 else '', eval('1', globals={}, locals={}))
