def f(n): return 1 / n
f(1); x = f(2); y = f(0); z = f(3)
