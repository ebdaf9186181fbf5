def f(t, i):
    t[i], t[i + 1] = 1, 2
f([0], 0)
