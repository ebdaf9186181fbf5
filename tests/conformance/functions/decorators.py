log = []
def d(n):
    log.append(f'make {n}')
    def deco(f):
        log.append(f'apply {n} {f.__name__}')
        return f
    return deco
@d(1)
@d(2)
def f(x=log.append('default')): return 'f'
print(log, f())
log.clear()
@d(3)
@(lambda c: (log.append('lambda'), c)[1])
class K(object):
    log.append('body')
    @d(4)
    def m(self): return 'm'
    @property
    @d(5)
    def p(self): return 'p'
    @p.setter
    def p(self, v): log.append(('set', v))
    @staticmethod
    def s(): return 's'
    @classmethod
    def c(cls): return cls.__name__
print(log, K().m(), K().p, K.s(), K.c(), K().c())
K().p = 3
print(log[-1])
@(lambda f: print(f.__name__))
def gone(): pass
print(gone)
@str
@len
@list
@(lambda f: [1, 2])
def chain(): pass
print(repr(chain))
x = [d]
@x[0](9)
def sub(): pass
@(y := d)(10)
def wal(): pass
print(y is d)
import functools
@functools.wraps(f)
def w(*a): return 'w'
print(w.__name__, w.__wrapped__ is f)
@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50), fib.cache_info())
def count(f):
    @functools.wraps(f)
    def inner(*a, **k):
        inner.calls += 1
        return f(*a, **k)
    inner.calls = 0
    return inner
@count
def rec(n): return n and rec(n - 1)
rec(5)
print(rec.calls)
