def f(x): return x
def g(x): return h(f(x), f(g2(x)))
def h(*a): return a
def g2(x): return f(f(x)(1))
f(g(f(h(1, 2))))
