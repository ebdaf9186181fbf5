# python: >=3.12
type A = int
type B[T] = list[T] | A
type Lazy = Undefined | also.undefined
type R = dict[str, R]
print(A, A.__value__, B.__type_params__, B[int], B.__value__, R.__value__, A.__module__, A.__name__)
try: Lazy.__value__
except NameError as e: print(e)
Undefined = int
class C:
    type In = C
    type Me[*Ts, **P] = tuple[*Ts]
print(C.In.__value__ is C, C.Me.__type_params__)
def f():
    x = 1
    type L = (x, lambda: x)
    x = 2
    return L.__value__[0]
print(f())
type = 5
print(type)
type X = (print('lazy'), int)[1]
print('not yet'); X.__value__; X.__value__
try: X.__value__ = 1
except AttributeError as e: print(e)
Lazy.__value__
