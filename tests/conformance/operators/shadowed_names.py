sub = 1; print(3 - 2)
add = mul = None; print(1 + 2 * 3)
eq = lt = gt = is_ = not_ = and_ = or_ = getitem = setitem = delitem = getattr_ = 0
x = [1, 2]
x[0] = 5
del x[1]
print(x, x == [5], 1 < 2, not x)
list_ = tuple_ = 0
list, tuple, dict, set, slice = 1, 2, 3, 4, 5
print([1, 2], (1, 2), {1: 2}, {3}, x[:1])
getattr = setattr = delattr = isinstance = len = iter = next = id = type = None
class A:
    v = 1
a = A()
a.v = 2
del a.v
print(a.v, A.v, [i for i in range(3)])
format = str = repr = ascii = None
print(f'{a.v!r:>3}|{a.v!s}|{a.v!a}')
hook = site = clew = __clew__ = _hook = executor = None
print(hook, site)
globals_, exec, compile, eval, ast = globals, None, None, None, None
print(callable(print), exec)
object = staticmethod = classmethod = None
class B:
    def m(self): return __class__
print(B().m() is B)
