def f(): return 1, 2, 3
for i in range(1):
    a, (b, c), *d = 1, f(), *f()
