fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
print((lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4))
print((lambda x, /, y, *, z: x + y + z)(1, y=2, z=3))
print((lambda: (yield))().__class__.__name__)
fact = lambda n: 1 if n < 2 else n * fact(n - 1)
print(fact(10), fact.__name__, fact.__qualname__, fact.__code__.co_firstlineno)
print((lambda f: f(f))(lambda f: 'self'))
compose = lambda *fs: (lambda x: x if not fs else compose(*fs[1:])(fs[0](x)))
print(compose(str, len, lambda n: n + 1)(12345))
print(sorted('bca', key=lambda c: -ord(c)), list(map(lambda a, b: a * b, [1, 2], [3, 4])))
def outer():
    return lambda: lambda: 0
print(outer()().__qualname__)
d = {'f': lambda self=None: self}
print(d['f'](3), (lambda: [(lambda: j)() for j in range(2)])())
