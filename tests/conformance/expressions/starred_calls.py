def f(*a, **k): return a, k
print(f(*[1], 2, *(3, 4), x=1, **{'y': 2}, z=3, **{}))
print(f(*'ab', *range(2), **dict(a=1)))
print(f(x=1, *[2]))
print(f(unpack_x={'a': 1}))
print(f(*(), **{}))
print([*range(2), 2], (*[], 2), {*'a', *'a'}, {**{'a': 1}, 'a': 2})
def g(a, b=2, /, c=3, *, d=4): return a, b, c, d
print(g(1), g(1, 5, c=6, d=7), g(*[1, 2, 3], **{'d': 0}))
class It:
    def __iter__(self): print('iter'); yield from (1, 2)
class Mp:
    def keys(self): print('keys'); return ['a', 'b']
    def __getitem__(self, k): print('get', k); return k * 2
print(f(*It(), **Mp()))
print(f(**{'not an identifier': 1, '': 2}))
print(max(*[3, 1], *[7], key=lambda v: -v))
print(f(*(i for i in range(3))), f(i for i in [1])[0][0].__name__)
