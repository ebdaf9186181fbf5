class N:
    def __init__(self, v=0): self.v = v
    def add(self, n): self.v += n; return self
    @property
    def nxt(self): return N(self.v + 1)
    def __getitem__(self, k): return N(self.v * k)
n = N()
r = (n.add(1)
      .add(2)
      .nxt
      [3]
      .add(
          4)
      .nxt.nxt)
print(r.v, n.v)
n.child = N(5)
n.child.child = N(6)
n.child.child.v += 10
n.child.child.add(1).add(1).v -= 1
print(n.child.child.v)
print('a,b'.split(',')[1].upper().center(5, '*').strip('*').encode().hex())
f = [].append
g = f
g(1)
print(f.__self__)
a = []
f = a.append; g = f; g(1)
print(a)
print(n.__class__.__mro__[1].__name__.__len__())
