import math, os.path as op, xml.dom
import _helper
import _helper as h2
from _helper import VALUE, func as fn
from _helper import (
    Thing,
    boom as b,
)
print(h2 is _helper, VALUE, fn(), Thing.__module__, xml.dom.__name__, op.basename('/a/b'))
def f():
    import _helper as loc, math
    from math import pi
    return loc.VALUE + int(pi), sorted(locals())
print(f())
class C:
    import math as m
    from math import sqrt
    x = sqrt(4)
print(C.m.pi > 3, C.x)
if True:
    import json
else:
    import nonexistent
try:
    import nonexistent_module
except ModuleNotFoundError as e:
    print(e, e.name)
try:
    from math import nope
except ImportError as e:
    print(str(e).split('(')[0], e.name)
try:
    import math.nope
except ModuleNotFoundError as e:
    print(e)
try:
    from _helper import nope2
except ImportError as e:
    print(str(e).split('(')[0])
for mod in ('math', '_helper'):
    print(__import__(mod).__name__)
import importlib
print(importlib.import_module('pkg.deep.leaf').LEAF, 'pkg' in globals())
importlib.reload(_helper)
with __import__('contextlib').suppress(ValueError): import string
print(string.digits)
math.pi = 3
print(__import__('math').pi)
_helper.VALUE = 99
from _helper import VALUE
print(VALUE)
_helper.Thing(); _helper.Thing()
print(Thing.count, _helper.Thing.count)
