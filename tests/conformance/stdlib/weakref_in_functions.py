import weakref, gc
gc.disable()
class A:
    live = 0
    def __init__(self): A.live += 1
    def __del__(self): A.live -= 1
    def step(self): return A()
def chain(n):
    df = A()
    peak = 0
    for _ in range(n):
        df = df.step()
        peak = max(peak, A.live)
    return peak, A.live
print(chain(50), A.live)
df = A()
for _ in range(20): df = df.step(); print(A.live, end=' ')
print()
df = df.step(); print(A.live)
df = df.step().step().step(); print(A.live)
def args(*a, **k): return A.live
print(args(A(), *[A()], k=A(), **{'z': A()}), A.live)
def ret(x): return x
ret(ret(ret(A()))); print(A.live)
x = ret(A()); del x; print(A.live - 1)
def rec(n, o): return A.live if n == 0 else rec(n - 1, A())
print(rec(10, A()), A.live)
ws = weakref.WeakSet(); ws.add(A()); print(len(ws))
wd = weakref.WeakValueDictionary(); k = A(); wd['a'] = k; print(len(wd)); del k; print(len(wd))
wk = weakref.WeakKeyDictionary(); k = A(); wk[k] = 1; k = None; print(len(wk))
fin = weakref.finalize(df, print, 'finalized'); df = None; print(A.live, fin.alive)
def outer():
    o = A()
    r = weakref.ref(o)
    def use(): return r() is not None
    print(use()); o = 1; print(use())
outer()
r = weakref.WeakMethod(ret_obj.step) if (ret_obj := A()) else 0; print(r() is not None); del ret_obj; print(r())
try:
    def boom(o): raise ValueError
    boom(A())
except ValueError: print('held', A.live)
print(A.live)
big = [A() for _ in range(100)]; big = [b.step() for b in big]; print(A.live); big = big[:10]; print(A.live); big = None; print(A.live)
it = iter([A(), A()]); next(it); print(A.live); it = None; print(A.live)
m = map(lambda a: 1, [A()]); list(m); del m; print(A.live)
