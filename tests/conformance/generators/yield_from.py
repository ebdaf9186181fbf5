log = []
def inner():
    try:
        x = yield 'i1'
        log.append(x)
        y = yield 'i2'
        log.append(y)
    except KeyError as e:
        log.append(repr(e))
        yield 'handled'
    return 'inner result'
def outer():
    r = yield from inner()
    log.append(r)
    r2 = yield from [10, 20]
    log.append(r2)
    return (yield from (i for i in range(2)))
g = outer()
print(next(g), g.send('s1'), g.send('s2'), g.send(None), next(g), next(g))
try:
    next(g)
    next(g)
except StopIteration as e:
    print('done', e.value)
print(log)
g = outer(); next(g); print(g.gi_yieldfrom.__name__, g.throw(KeyError('t')), list(g))
class It:
    def __iter__(self): print('iter'); return self
    def __next__(self): print('next'); raise StopIteration('ret')
    def close(self): print('closed')
def f():
    print((yield from It()))
list(f())
class It2(It):
    def __next__(self): return 1
    def throw(self, *a): print('thrown', a[0] if isinstance(a[0], type) else type(a[0])); raise StopIteration('by throw')
    def send(self, v): print('send', v); return v
def f2(): return (yield from It2())
g = f2(); next(g); print(g.send(5))
try:
    g.throw(ValueError)
except StopIteration as e:
    print(e.value)
g = f2(); next(g); g.close()
def tree(t):
    if isinstance(t, list):
        for x in t: yield from tree(x)
    else: yield t
print(list(tree([1, [2, [3, [4]], 5]])))
