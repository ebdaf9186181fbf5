log = []
class N:
    def __init__(self, n): self.n = n
    def __iadd__(self, o): log.append('iadd'); self.n += o; return self
    def __sub__(self, o): log.append('sub'); return N(self.n - o)
    def __imatmul__(self, o): log.append('imatmul'); return 'gone'
    def __rpow__(self, o): log.append('rpow'); return 3
a = b = N(1)
a += 2
print(a is b, b.n)
a -= 1
print(a is b, a.n, b.n)
a @= 0
print(a, log)
x = 2
x **= N(1)
print(x)
l = m = [1]
l += (2,)
l *= 2
print(l is m, m)
t = u = (1,)
t += (2,)
print(t is u, t)
def idx():
    log.append('idx'); return 0
def base():
    log.append('base'); return l
log.clear()
base()[idx()] += idx() + 10
print(log, l)
t = ([],)
try:
    t[0] += [1]
except TypeError as e:
    print(e, t)
class D(dict):
    def __getitem__(self, k): log.append(('get', k)); return dict.get(self, k, 0)
    def __setitem__(self, k, v): log.append(('set', k, v)); dict.__setitem__(self, k, v)
d = D()
log.clear()
d['a'] += 1
d['a'] |= 6
d['a'] <<= 2
d['a'] //= 3
d['a'] %= 5
d['a'] ^= 1
d['a'] &= 7
d['a'] >>= 1
print(log)
class A:
    @property
    def p(self): log.append('getp'); return 1
    @p.setter
    def p(self, v): log.append(('setp', v))
log.clear()
A().p += 4
print(log)
s = [1, 2, 3, 4]
s[1:3] += ['x']
print(s)
s[::2] = 'ab' + 'c'[:len(s[::2]) - 2]
print(s)
