class A:
    def who(self): return __class__.__name__
    def lam(self): return (lambda: __class__.__name__)()
    def comp(self): return [__class__.__name__ for _ in 'a']
    def gen(self): yield __class__.__name__
    @staticmethod
    def st(): return __class__
    @classmethod
    def cl(cls): return __class__, cls
class B(A):
    def who(self): return super().who() + __class__.__name__
    def lam(self): return (lambda s: super(B, s).lam())(self)
    def nested(self):
        def inner(): return super(__class__, self).who()
        return inner()
    def gen(self): yield from super().gen(); yield __class__.__name__
b = B()
print(b.who(), b.lam(), b.comp(), b.nested(), list(b.gen()), B.st() is A, B.cl() == (A, B))
print(B.who.__closure__[0].cell_contents is B, A.who.__code__.co_freevars)
class C:
    try:
        __class__
    except NameError as e:
        print(e)
    def f(self, __class__=3): return __class__
print(C().f())
try:
    class M(type):
        def __new__(m, n, b, ns):
            ns.pop('__classcell__', None)
            return super().__new__(m, n, b, ns)
    class D(metaclass=M):
        def f(self): return __class__
except RuntimeError as e:
    print(str(e)[:40])
