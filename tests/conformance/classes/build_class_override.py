import builtins
orig = builtins.__build_class__
def bc(f, name, *a, **k):
    print('build', name, a, k, f.__name__)
    return orig(f, name, *a, **k)
builtins.__build_class__ = bc
class A: pass
class B(A, metaclass=type): x = 1
def g():
    class Local(B): pass
    return Local
g()
builtins.__build_class__ = orig
class C: pass
print(C.__name__)
oi = builtins.__import__
def imp(name, g=None, l=None, fromlist=(), level=0):
    print('import', name, fromlist, level, g is globals())
    return oi(name, g, l, fromlist, level)
builtins.__import__ = imp
import math
from math import pi as p, tau
import os.path as op
import xml.dom
from math import *
builtins.__import__ = oi
print(p == pi, xml.__name__)
