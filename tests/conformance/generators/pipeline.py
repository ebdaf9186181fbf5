def nums():
    n = 0
    while True:
        sent = yield n
        n = n + 1 if sent is None else sent
def take(k, it):
    for _, x in zip(range(k), it): yield x
def sq(it):
    for x in it: yield x * x
print(list(take(5, sq(nums()))), sum(take(10, nums())))
def avg():
    tot = cnt = 0
    a = None
    while True:
        x = yield a
        tot += x; cnt += 1
        a = tot / cnt
a = avg(); next(a)
print([a.send(i) for i in (1, 2, 6)])
import itertools as it
print(list(it.chain.from_iterable(map(lambda n: (i for i in range(n)), [1, 2]))), list(it.islice(it.cycle('ab'), 5)), [(k, list(g)) for k, g in it.groupby('aabc')], list(it.accumulate([1, 2, 3], lambda a, b: a * b)))
t1, t2 = it.tee(sq(range(3)))
print(list(t1), list(t2))
print(list(iter(lambda c=iter([1, 2, 0, 3]): next(c), 0)), dict(enumerate(reversed('ab'))), list(map(None, [])) if 0 else '')
def co(f):
    def w(*a):
        g = f(*a); next(g); return g
    return w
@co
def sink():
    got = []
    try:
        while 1: got.append((yield))
    finally: print(got)
s = sink(); s.send(1); s.send(2); s.close()
def perm(l): 
    if not l: yield []
    for i, x in enumerate(l):
        for p in perm(l[:i] + l[i + 1:]): yield [x, *p]
print(list(perm([1, 2, 3])))
