def f(x): raise ValueError(x)
s = f"{1} {f('a')!r} {f('b'):>10}"
