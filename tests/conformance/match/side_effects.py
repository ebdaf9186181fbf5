class M:
    __match_args__ = ('a', 'b')
    def __getattr__(self, n): print('getattr', n); raise AttributeError(n)
    @property
    def a(self): print('a'); return 1
    @property
    def b(self): print('b'); return 2
class L(list):
    def __len__(self): print('len'); return super().__len__()
    def __getitem__(self, i): print('getitem', i); return super().__getitem__(i)
    def __iter__(self): print('iter'); return super().__iter__()
class D(dict):
    def get(self, *a): print('get', a[0]); return super().get(*a)
    def keys(self): print('keys'); return super().keys()
class EQ:
    def __eq__(self, o): print('eq', o); return False
class Meta(type):
    def __instancecheck__(c, o): print('instancecheck', c.__name__); return False
class I(metaclass=Meta): pass
def subject(): print('subject'); return M()
match subject():
    case I(): pass
    case M(2, 5): pass
    case M(1, zz=3): pass
    case M(1, b=x): print('x', x)
match L([1, 2]):
    case [a]: pass
    case [a, 3]: pass
    case [a, *b]: print(a, b)
match D(k=1, j=2):
    case {'k': 2}: pass
    case {'k': 1, **r}: print(r)
match EQ():
    case 1 | 'x': pass
    case None | True: pass
    case _: print('default')
def guard(n): print('guard', n); return n == 2
match 5:
    case x if guard(0): pass
    case x if guard(2): print('ok')
try:
    match 1:
        case int(a, b): pass
except TypeError as e: print(e)
try:
    match M():
        case M(1, 2, 3): pass
except TypeError as e: print(e)
try:
    match M():
        case M(1, a=1): pass
except TypeError as e: print(e)
match 9:
    case 1: pass
print('fell through')
