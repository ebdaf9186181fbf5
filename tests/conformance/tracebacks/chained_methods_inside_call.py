class A:
    def ok(self, x): return self
    def bad(self, x): raise RuntimeError('bad')
def wrap(x): return x
r = wrap(A().ok(1).bad(
    wrap(2)).ok(3)).ok(4)
