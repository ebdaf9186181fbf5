def bad(x):
    return x.missing
def f(v):
    match v:
        case [a, b] if a > b:
            return 1
        case [a, b] if bad(a):
            return 2
f([1, 2])
