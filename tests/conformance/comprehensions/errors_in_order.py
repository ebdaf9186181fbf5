def f(x):
    print('f', x)
    if x == 2: raise ValueError(x)
    return x
for make in (lambda: [f(i) for i in range(5)], lambda: {f(i): 1 for i in range(5)}, lambda: {f(i) for i in range(5)}, lambda: list(f(i) for i in range(5)), lambda: sum(map(f, range(5)))):
    try:
        make()
    except ValueError as e:
        tb = e.__traceback__
        names = []
        while tb:
            names.append(tb.tb_lineno); tb = tb.tb_next
        print(names[0], names[-1])
def si():
    yield 1
    raise StopIteration
try:
    [i for i in si()]
except RuntimeError as e:
    print(e, repr(e.__cause__))
print([next(it, 'end') for it in [iter(())]])
it = iter([1])
try:
    print([next(it) for _ in range(3)])
except StopIteration as e:
    print('stop', e.args)
print(list(next(i) for i in [iter([1])]))
