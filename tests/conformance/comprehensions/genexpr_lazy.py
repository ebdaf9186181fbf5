log = []
def t(x): log.append(x); return x
g = (t(i) for i in t([1, 2, 3]) if t(i * 10))
print(log)
print(next(g), log)
g.close()
print(list(g))
n = 10
g = (n + i for i in range(2))
n = 20
print(list(g))
try:
    (i for i in 5)
except TypeError as e:
    print(e)
g = (i for i in undefined) if False else iter(())
def f():
    g = (loc for _ in range(2))
    loc = 5
    return list(g)
print(f())
print((i for i in ()).__name__, (i for i in ()).gi_code.co_name, (i for i in ()).gi_frame.f_lineno)
def take(g): return [next(g), next(g)]
print(take(i * i for i in range(10)))
print(any(t(i) for i in [0, 0, 5, 6]), log[-3:])
class A:
    xs = [1, 2]
    k = 3
    ok = [x for x in xs]
    try:
        bad = [x * k for x in xs]
    except NameError as e:
        print(e)
    g = list(x for x in xs)
print(A.ok, A.g)
