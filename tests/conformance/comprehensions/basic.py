print([x * y for x in range(3) if x for y in range(x) if y % 2 == 0])
print({k: v for k, v in zip('ab', [1, 2])}, sorted({c for c in 'hello'}), list((i for i in range(3))))
print([[i for i in range(j)] for j in range(3)], [(a, b) for a, *b in [(1, 2, 3)]])
x = 'outer'
print([x for x in range(2)], x)
print([i for i in [j for j in range(3)] if i], [(lambda: i)() for i in range(2)])
print([f() for f in [lambda: i for i in range(3)]])
print([y for i in range(3) if (y := i * 2)], y)
d = {(print('key', i), i)[1]: (print('val', i), i)[1] for i in range(2)}
print(d)
def src(): print('src evaluated once'); return [1, 2]
print([a + b for a in src() for b in src()])
print(sum(i for i in range(4)), dict((i, str(i)) for i in range(2)), max((i for i in [1, 5, 2]), default=0))
print([[(i, j) for j in 'ab'] for i in range(2)][1][0], [*[i for i in 'xy'], *(i for i in 'z')])
print([i for i in range(5) if i % 2 if i > 1], [i for i, in [(1,), (2,)]], [o[0] for o in [[0]] for o[0] in [7]])
try:
    [1 / i for i in (1, 0)]
except ZeroDivisionError as e:
    print(e)
print('i' in globals(), 'x' in globals())
