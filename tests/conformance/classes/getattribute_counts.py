from collections import Counter
cnt = Counter()
class A:
    cls_attr = []
    def __init__(self): self.x = 1; self.l = []
    def __getattribute__(self, n): cnt['ga ' + n] += 1; return object.__getattribute__(self, n)
    def __setattr__(self, n, v): cnt['sa ' + n] += 1; object.__setattr__(self, n, v)
    def __delattr__(self, n): cnt['da ' + n] += 1; object.__delattr__(self, n)
    def __getattr__(self, n): cnt['fallback ' + n] += 1; raise AttributeError(n)
    def m(self, *a): return self
a = A()
a.x
a.x = 2
a.x += 1
a.m().m(a.x, a).l.append(a.x)
a.l[0] = 5
a.l[0] += 1
del a.l[0]
del a.x
try:
    a.nope
except AttributeError as e:
    print(e)
hasattr(a, 'zip'); getattr(a, 'zap', None)
def f(o): return o
b = f(a)
b = [a]; c = {'a': a}; t = (a, a)
for i in b: i
with_ = [f(i) for i in b]
str(a)[:3]; repr(a)[:3]
print(sorted(cnt.items()))
