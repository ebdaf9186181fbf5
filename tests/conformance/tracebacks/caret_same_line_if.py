def f(n): return 1 / n
if f(1): x = [f(2), f(0), f(3)]
