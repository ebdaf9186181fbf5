import pickle, sys
def f(x): return x + 1
class A:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    class In: z = 1
    def m(self): return self.v
lam = lambda: 1
for o in (f, A, A(3), A.In, A(2).m, [A(1), f], print, {'k': A}):
    b = pickle.dumps(o)
    print(type(pickle.loads(b)).__name__, b'__main__' in b, b'clew' in b, len(b))
print(pickle.loads(pickle.dumps(f)) is f, pickle.loads(pickle.dumps(A(5))) == A(5))
def show(o):
    try: pickle.dumps(o)
    except Exception as e: print(type(e).__name__, str(e).split(' at 0x')[0])
show(lam); show(lambda: 0); show((i for i in ())); show(sys); show(open(__file__))
def mk():
    class L: pass
    def g(): pass
    return L, g
for o in mk(): show(o)
f2 = f
def f(x): return 'new'
show(f2)
class R:
    def __reduce__(self): print('reduce'); return (int, ('7',))
print(pickle.loads(pickle.dumps(R())))
class S:
    def __getstate__(self): print('getstate'); return {'a': 1}
    def __setstate__(self, s): print('setstate', s)
pickle.loads(pickle.dumps(S()))
x = S(); y = [x, x]
import copy
copy.copy(x); copy.deepcopy(y)
