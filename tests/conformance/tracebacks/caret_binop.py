def f(a, b, c):
    return (a + b) * (c / b) + a ** c - (a % c)
f(1, 0, 2)
