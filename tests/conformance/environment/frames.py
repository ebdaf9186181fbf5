import sys, inspect
def who(n=0): return sys._getframe(n + 1).f_code.co_name
def stack():
    f, out = sys._getframe(1), []
    while f: out.append((f.f_code.co_name, f.f_lineno)); f = f.f_back
    return out
def f(): return who(), who(1), stack()
print(f())
print(who(), (lambda: who())(), [who() for _ in 'a'][0] in ('<listcomp>', '<module>'), list(who() for _ in 'a'))
class A:
    print(who(), stack())
    def __init__(self): print(who(), who(1))
    @property
    def p(self): return stack()
    def __getattr__(self, n): return stack()
    def __getitem__(self, n): return stack()
    def __call__(self): return stack()
    def __setitem__(self, k, v): print(stack())
    def __setattr__(self, k, v): print(stack())
    def __delitem__(self, k): print(stack())
    def __iadd__(self, o): print(stack()); return self
    def __enter__(self): print(stack())
    def __exit__(self, *a): print(stack())
    def __iter__(self): print(stack()); return iter(())
    def __bool__(self): print(stack()); return True
    def __del__(self): print(stack())
a = A()
print(a.p, a.zz, a[0], a(), a.foo)
a[1] = 2
a.x = 3
del a[0]
a += 1
with a: pass
for _ in a: pass
if a: pass
print(inspect.currentframe().f_lineno,
      inspect.currentframe().f_lineno, len(
          stack()))
try:
    sys._getframe(1)
except ValueError as e:
    print(e)
print(sys._getframe().f_back, sys._getframe().f_locals is globals(), sys._getframe().f_globals is globals(), sys._getframe().f_builtins is vars(__builtins__))
print(sorted([3, 1], key=lambda x: (print(stack()), x)[1]))
a = None
def deco(fn): print(stack()); return fn
@deco
def g(
    x=stack()): return x
print(g())
