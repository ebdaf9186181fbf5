class A:
    __x = 1
    def __m(self): return 'A.m'
    def call(self): return self.__m(), self.__x, __class__.__x
    def set(self):
        self.__y = 2
        __local = 3
        self.__y += __local
        del self.__y
        return sorted(vars(self)), sorted(locals())
    class __Inner:
        __z = 5
    def inner(self): return self.__Inner.__name__, [k for k in vars(self.__Inner) if 'z' in k]
    def kw(self, __p=1, **k): return __p, k
    def call_kw(self): return self.kw(__p=4), self.kw(__q=5)
    def imp(self):
        import sys as __s
        return sorted(locals())
    def glob(self):
        try:
            return __glob
        except NameError as e:
            return str(e)
    __dunder__ = 6
    ___ = 7
    def lam(self): return (lambda __a: __a)(3), [__b for __b in [1]]
class _B(A):
    def __m(self): return 'B.m'
    def t(self): return self.__m(), self._A__m()
_A__glob = 'mangled global'
a = A()
print(a.call(), a.set(), a.inner(), a.kw(), a.call_kw(), a.imp(), a.glob(), a.lam(), _B().t(), a.__dunder__)
print([k for k in vars(A) if k.startswith('_A')], [k for k in vars(_B) if 'm' in k and 'B' in k])
def f(o): return o.__x
try:
    f(a)
except AttributeError as e:
    print(e)
class __:
    __q = 1
print([k for k in vars(__) if 'q' in k])
