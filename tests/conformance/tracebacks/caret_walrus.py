def f(x): return x
if (n := f(3)) and (m := f(n)[0]) > 1: pass
