f = lambda x: x.a if x else x.b or x.c
g = lambda *a, **k: [f(i) for i in a] or None
g(0, 1)
