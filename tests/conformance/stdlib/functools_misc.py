from functools import *
import operator
@singledispatch
def sd(x): return 'obj'
@sd.register
def _(x: int): return 'int'
@sd.register(list)
def _(x): return 'list'
print(sd(1), sd([]), sd('s'), sd.registry.keys().__len__())
class K:
    @singledispatchmethod
    def m(self, x): return 'o'
    @m.register
    def _(self, x: int): return 'i'
    @cached_property
    def c(self): print('once'); return 1
    @lru_cache(maxsize=2)
    def l(self, n): print('miss', n); return n
    def __hash__(self): return 1
k = K()
print(k.m(1), k.m(''), k.c + k.c, k.l(1), k.l(2), k.l(1), k.l(3), k.l(2), K.l.cache_info())
@total_ordering
class O:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
print(O(1) <= O(1), O(2) > O(1), reduce(operator.mul, [1, 2, 3], 4), sorted([3, 1], key=cmp_to_key(lambda a, b: b - a)))
p = partial(print, 'a', sep='-'); p('b'); partial(p, 'c', end='!\n')('d')
print(repr(partial(int, base=2)), p.args)
def orig(a: int) -> str:
    "doc"
@wraps(orig)
def w(): pass
print(w.__name__, w.__doc__, w.__annotations__, w.__wrapped__ is orig)
add1 = partial(operator.add, 1)
print(list(map(add1, [1, 2])), operator.methodcaller('upper')('x'), operator.attrgetter('n')(O(4)), operator.itemgetter(1, 0)('ab'))
