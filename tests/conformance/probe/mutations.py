# files: p.txt q.txt
import os, random, threading
from collections import deque
from pathlib import Path
def addto(l, v): l.append(v)
class C:
    def __init__(self): self.v = []
    def add(self, n): self.v.append(n)
l = []; addto(l, 1); print(l)
c = C(); c.add(1); c.v.append(2); print(c.v)
c.v = 1; print(c.v)
s = [3, 1]; s.sort(); print(s)
q = deque([1]); q.append(2); print(q)
d = {}; d.setdefault('k', []).append(1); print(d)
for v in d.values(): v.append(9)
print(d)
xs = [[1], [2]]
for i, x in enumerate(xs): x.append(i)
for x, y in zip(xs, xs): x.append(len(y))
print(xs)
Path('p.txt').write_text('hello\n')
print('printed', file=open('q.txt', 'w'))
print(open('p.txt').read(), open('q.txt').read())
random.seed(3); a = random.random(); random.seed(3); print(a == random.random())
os.environ['CONF_X'] = 'y'; print(os.environ['CONF_X'])
t = threading.Thread(target=addto, args=(l, 5)); t.start(); t.join(); print(l)
g = (i for i in range(3)); list(g); print(list(g))
n = 4
class K: m = n
print(K.m)
t = l[:]; t.append(7); print(l, t)
