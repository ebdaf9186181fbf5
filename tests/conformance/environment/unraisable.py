import sys, traceback
def hook(u):
    print('unraisable', type(u.exc_value).__name__, u.exc_value, u.err_msg, u.object.__qualname__ if hasattr(u.object, '__qualname__') else None)
    print([(f.name, f.lineno) for f in traceback.extract_tb(u.exc_traceback)])
sys.unraisablehook = hook
class A:
    def __del__(self):
        raise ValueError('del')
A()
a = A()
a = 1
b = [A(), A()]
del b[0]
b.clear()
def f():
    x = A()
    return 5
print(f())
import weakref
class T: pass
t = T(); r = weakref.ref(t, lambda r: 1 / 0)
del t
def g():
    try: yield
    finally: raise KeyError('gen close')
x = g(); next(x); del x
print('end')
