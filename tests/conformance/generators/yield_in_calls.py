def f(*a, **k): return a, k
def g():
    r = f((yield 1), *(yield 2), k=(yield 3), **(yield 4))
    print(r)
    x = [(yield 5), (yield 6)]
    print(x)
    d = {(yield 'k'): (yield 'v')}
    print(d)
    d[(yield 'key')] = (yield 'val')
    d[(yield 'key2')] += (yield 'inc')
    print(d)
    print((yield 'a') + (yield 'b'), (yield 'c') and (yield 'd'), (yield 'e') < (yield 'f') < (yield 'g'))
    print(f'{(yield "fs")}')
    del d[(yield 'dk')]
    (yield 'obj').attr = (yield 'attrval')
    assert (yield 'assert'), (yield 'msg')
    return (yield from (yield 'it'))
class O: pass
o = O()
vals = iter([10, [20, 21], 30, {'z': 40}, 5, 6, 'kk', 'vv', 'V', 'K', 'K', 'V2', 1, 2, 0, 3, 1, 2, 'FS', 'kk', 'AV', o, True, [7, 8]])
it = g()
v = next(it)
out = [v]
try:
    while True:
        out.append(it.send(next(vals)) if v not in (7,) else next(it))
        v = out[-1]
except (StopIteration, AssertionError, KeyError, TypeError) as e:
    print(type(e).__name__, e)
print(out)
