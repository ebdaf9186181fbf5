def f(a):
    r = [sorted(locals()) for b in [1]]
    return a, len(r)
print(f(1))
def g():
    x = 1
    l = [lambda: (x, i) for i in range(2)]
    x = 2
    return [h() for h in l]
print(g())
def h():
    return [[(i, j, k) for k in [i + j]] for i in range(2) for j in range(2)]
print(h())
class C:
    y = 5
    z = [y for _ in range(1)] if False else [i for i in range(y)]
print(C.z)
def nl():
    c = 0
    def inc():
        nonlocal c
        c += 1
        return c
    return [inc() for _ in range(3)], c
print(nl())
print([__name__ for _ in 'a'], [globals() is g_ for g_ in [globals()]])
import sys
print([sys._getframe().f_globals is globals() for _ in [0]], list(sys._getframe().f_code.co_name for _ in [0]))
print({i: {j for j in range(i)} for i in range(3)})
z = 1
print([z for z in range(3) if [z for z in 'q']], z, eval('[z for _ in "a"]'))
