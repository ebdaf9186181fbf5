def power(n):
    def p(x): return x ** n
    return p
sq, cu = power(2), power(3)
print(sq(3), cu(3), sq.__closure__[0].cell_contents, cu.__code__ is sq.__code__)
def memo(f):
    cache = {}
    def g(*a):
        if a not in cache:
            print('miss', a)
            cache[a] = f(*a)
        return cache[a]
    g.cache = cache
    return g
@memo
def add(a, b=1): return a + b
print(add(1), add(1), add(1, 1), add.cache)
def bank():
    bal = 0
    class Acc:
        nonlocal bal
        bal = 100
        def dep(self, n):
            nonlocal bal
            bal += n
            return bal
    return Acc(), lambda: bal
a, b = bank()
print(a.dep(5), b())
def outer(x):
    class C:
        y = x
        x = 'class'
        def f(self): return x
    return C.y if False else C().f(), C.x
try:
    print(outer(1))
except NameError as e:
    print(e)
