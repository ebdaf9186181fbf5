import weakref
class A:
    def __init__(self, n): self.n = n
    def __del__(self): print('del', self.n)
    def me(self): return self
    def val(self): return self.n
a = A(1); a = A(2); print('rebound')
A(3); print('temp')
A(4).me().me(); print('chain')
print(A(5).val()); print('after val')
def f(x): y = x; return None
f(A(6)); print('after f')
def g(): return A(7)
g(); print('after g')
x = g().n; print(x)
l = [A(8), A(9)]; l[0] = None; print('item'); l.pop(); print('pop'); l = None
d = {'k': A(10)}; d['k'] = A(11); print('dict'); del d['k']; print('delitem')
class H: pass
h = H(); h.a = A(12); h.a = A(13); print('attr'); del h.a; print('delattr'); h.a = A(14); h = None; print('holder')
for i in [A(15), A(16)]: print('loop', i.n)
del i; print('loop var')
for i in range(2): t = A(20 + i); print('body', i)
del t
[A(30 + k) for k in range(2)]; print('comp')
[z.n for z in [A(33)]]; print('comp2')
(lambda q: q.n)(A(34)); print('lambda')
w = weakref.ref(A(35)); print(w())
b = A(36); w = weakref.ref(b, lambda r: print('callback')); del b; print(w())
s = f'{A(37).n}'; print(s)
if A(38): print('if body')
while A(39): break
print('while'); A(40) and A(41); print('and')
c, e = A(42), A(43); c, e = e, c; c = None; print('swap'); e = None
try: raise ValueError(A(44))
except ValueError: print('in except')
print('after except')
with open(__file__) as fh: A(45)
print('with'); _ = A(46); _ = 0
def gen(): k = A(47); yield 1
next(gen()); print('gen')
u = (A(48), A(49)); u = u[0]; print('tuple'); u = None
A(50).zz = A(51); print('attr on temp')
A.cls = A(52); A.cls = None; print('class attr')
def df(x=A(53)): pass
del df; print('default'); g2 = lambda: v; v = A(54); del v; print('glob')
def clo():
    v = A(55)
    def inner(): return v
    return inner
fn = clo(); fn(); del fn; print('closure')
ls = [A(56)]; ls.clear(); ls.append(A(57)); ls[:] = []; print('slice')
sorted([A(58)], key=A.val); print('sorted'); max([A(59)], key=lambda o: o.n); print('max')
print(len([A(60), A(61)]))
q = A(62)
print('end')
