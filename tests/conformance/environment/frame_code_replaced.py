# A function that is given another code object runs that.
import sys, types
L = []
def f(a): return 'f'
def g(a):
    L.append(a)
    return 'g', sys._getframe().f_code.co_name
f.__code__ = g.__code__
print(f(1), L, f.__code__ is g.__code__, f.__name__)
f.__code__ = f.__code__.replace(co_name='renamed', co_consts=tuple('G' if k == 'g' else k for k in f.__code__.co_consts))
print(f(2), L, f.__code__.co_name)
h = types.FunctionType(g.__code__, {'sys': sys, 'L': []}, 'h')
print(h(3), L, h.__code__ is g.__code__)
def outer():
    n = 0
    def inner():
        nonlocal n
        n += 1
        return n
    return inner
i, j = outer(), outer()
j.__code__ = i.__code__
print(i(), j(), j())
try: f.__code__ = i.__code__
except ValueError as e: print(e)
try: f.__code__ = 3
except TypeError as e: print(e)
exec(f.__code__.replace(co_argcount=0, co_nlocals=0, co_varnames=(), co_code=(lambda: None).__code__.co_code, co_consts=(None,), co_flags=0)) if False else None
