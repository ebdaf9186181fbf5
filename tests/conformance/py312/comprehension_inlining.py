# python: >=3.12
import sys, traceback
def f():
    x = 5
    r = [locals() for x in [1]]
    return sorted(r[0]), x, [sys._getframe().f_code.co_name for _ in 'a']
print(f())
def g(l): return [1 / i for i in l]
try: g([1, 0])
except ZeroDivisionError as e: print([s.name for s in traceback.extract_tb(e.__traceback__)])
class A:
    y = 3
    z = [y for y in range(2)]
    print(y, z)
    w = [(lambda: k)() for k in 'ab']
    try: q = [y + k for k in [1]]
    except NameError as e: print(e)
print(A.w)
x = 'mod'
print([x for x in range(3)][-1], x, [locals() is globals() for _ in 'a'], 'i' in globals())
def h():
    try: [undefined for i in [1]]
    except NameError: pass
    try: i
    except NameError as e: return str(e)
print(h())
def n(): return [[sorted(locals()) for b in 'y'] for a in 'x']
print(n())
def cl():
    fs = [lambda: v for v in range(3)]
    v = 'outer'
    return [f() for f in fs], v
print(cl())
[x.nope for x in [1] for y in [x] if (z := y)]
