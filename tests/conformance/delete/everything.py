a = b = c = 1
del a
del b, (c)
try:
    a
except NameError as e: print(e)
d = {'x': 1, 'y': {'z': [1, 2, 3]}}
del d['x'], d['y']['z'][0], d['y']['z'][-1:]
print(d)
class O: pass
o = O(); o.p = O(); o.p.q = 1; o.r = [1, 2]
del o.p.q, o.r[0]
print(vars(o.p), o.r)
x, y = [1, 2], [3, 4]
del x[0], y[0]
print(x, y)
del [x, y]
x = y = z = 1
del (x, [y, z])
print([n for n in 'xyz' if n in globals()])
del ()
def f(p):
    del p
    try: p
    except UnboundLocalError as e: print(e)
    p = 2
    return p
print(f(1))
def g():
    global G
    del G
G = 1; g()
print('G' in globals())
def h():
    n = 1
    def k():
        nonlocal n
        del n
    k()
    try: n
    except NameError as e: print(e)
h()
try: del nope
except NameError as e: print(e)
try: del d['gone']
except KeyError as e: print(e)
try: del o.gone
except AttributeError as e: print(e)
try: del [1][5]
except IndexError as e: print(e)
try: del (1, 2)[0]
except TypeError as e: print(e)
def order(n): print('t', n); return d
d.update(a=1, b=2)
del order(1)['a'], order(2)['b']
print(len.__name__)
len = 5
del len
print(len([1]))
print = print
del print
print('builtin again')
for i in [1, 2]:
    del i
del __file__, __doc__, __name__
print('__name__' in globals())
class K:
    u = 1
    del u
    def m(self): del self.v
k = K(); k.v = 1; k.m(); print(hasattr(k, 'v'))
import os
del os
try: os
except NameError as e: print(e)
