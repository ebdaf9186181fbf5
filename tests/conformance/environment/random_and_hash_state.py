import random, itertools, uuid
random.seed(1)
print([random.randint(0, 99) for _ in range(3)])
def f(): return random.random()
a = f()
s = random.getstate()
b = f(); random.setstate(s); print(b == f())
print(hash(1), hash((1, 2)), hash(None) == hash(None), id(a) == id(a))
c = itertools.count()
def nxt(): return next(c)
l = [nxt(), nxt()]
l.append(nxt())
print(l)
print(uuid.uuid5(uuid.NAMESPACE_DNS, 'x'))
import tempfile, os
n = tempfile.NamedTemporaryFile(); print(os.path.exists(n.name)); n.close(); print(os.path.exists(n.name))
