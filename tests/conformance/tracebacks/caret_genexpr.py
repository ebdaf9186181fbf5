def f(i): return 1 / (2 - i)
t = sum(
    f(i) for i in range(5) if f(i)
)
