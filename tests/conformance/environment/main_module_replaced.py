import sys
me = sys.modules['__main__']
class Fake:
    x = 'fake x'
sys.modules['__main__'] = Fake()
x = 'real'
print(x, globals()['x'], sys.modules['__main__'].x)
def f(): return x
print(f())
del sys.modules['__main__']
y = [f() for _ in range(2)]
print(y, '__main__' in sys.modules, vars(me) is globals())
class K: pass
print(K.__module__)
me.z = 1
print(z)
del me
import gc
gc.collect()
print(z, x, f())
