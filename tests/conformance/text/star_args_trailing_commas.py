def f(a, /, b, *, c, ): return a, b, c
print(f(1, 2, c=3, ), f(*[1], *[2], **{"c": 3}, ), [1, 2, ], (1, ), {1: 2, }, {1, })
from os import (path, sep, )
class A(object, ): pass
with (open(__file__) as q, ): pass
x, = [1]
(y, ) = [2]
[z, ] = [3]
for w, in [(4, )]: print(x, y, z, w)
l = {}
l[1, ] = 2
print(l, l[1, ], lambda a, : a)if 0 else print(l)
del x, y,
print(l, )
