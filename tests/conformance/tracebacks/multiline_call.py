def f(a, b, c):
    raise ValueError(a)
x = f(
    1,
    b=[
        2,
    ],
    c={'k': 'v'},
)
