def f(a, b): return a
args, kw = [1], {'c': 2}
f(*args, **kw)
