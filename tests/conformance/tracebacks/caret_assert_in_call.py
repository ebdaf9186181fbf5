def f(x):
    assert isinstance(x, str), ('not a string', x)
f(f.__name__); f(3)
