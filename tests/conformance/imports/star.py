from _helper import *
print(VALUE, 'hidden' in globals(), '_private' in globals(), func(2))
from math import *
print(floor(pi))
from pkg import *
print(sorted(k for k in globals() if not k.startswith('_'))[:8])
sqrt = 'mine'
from math import *
print(sqrt(4))
def f(): return sin(0), func(1)
print(f())
