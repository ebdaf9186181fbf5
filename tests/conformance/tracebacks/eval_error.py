def f(s, **k): return eval(s, k)
f('a + b[0]', a=1, b=[None])
