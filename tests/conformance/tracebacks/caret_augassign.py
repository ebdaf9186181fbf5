def f(o):
    o['n']['m'] += [1] + 2
class D(dict):
    def __missing__(self, k): return self
f(D())
