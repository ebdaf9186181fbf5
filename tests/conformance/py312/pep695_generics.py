# python: >=3.12
import inspect
def first[T: (int, str)](x: list[T], y: "T" = None) -> T: return x[0]
class Box[T, *Ts, **P](dict):
    item: T
    def m[U: T](self, u: U) -> tuple[T, U]: return (T, U)[1].__name__
    def me(self): return __class__, super().__len__()
    def __init_subclass__(cls, **k): print('sub', cls.__name__, k)
print(first([1]), first.__type_params__, first.__type_params__[0].__constraints__, Box.__type_params__, Box.__orig_bases__, Box().m(1), Box().me()[1])
class Sub[K](Box[K, int, [str]], tag=1): pass
print(Sub.__mro__[1].__name__, Sub[int], inspect.signature(first), Box.__annotations__)
def deco(f): print('deco', f.__name__, f.__type_params__); return f
@deco
def g[T: undefined_bound](a: T, b=(lambda: 4)()): 
    def inner[V](v: V): return T, V
    return inner
print(g(1)(2), g.__defaults__)
try: g.__type_params__[0].__bound__
except NameError as e: print(e)
class O[T]:
    class In[V]: x = lambda: (T.__name__, V.__name__)
    T2 = T
    def f(self): return T.__name__
    l = [T.__name__ for _ in range(1)]
print(O.In.x(), O.T2, O().f(), O.l, 'T' in vars(O), 'T' in globals())
class N:
    def __mangle[__T](self, x: __T): return __T
    def call(self): return self.__mangle(1)
print(N().call())
def err[T](x: T) -> T:
    return x.nope
err(
    3)
