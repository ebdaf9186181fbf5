import sys
def f(n):
    if n == 0: return 0
    return list(map(f, [n - 1]))[0] + 1
print(f(100))
def g(n):
    return sum(g(n - 1) for _ in range(1)) + 1 if n else 0
print(g(200))
def s(n): return sorted([n], key=lambda x: s(x - 1) if x else 0)[0]
print(s(60))
class R:
    def __init__(self, n): self.n = n
    def __repr__(self): return f'R({self.n!r})'
r = 0
for _ in range(100): r = R(r)
print(len(repr(r)))
l = []
l.append(l)
print(l, str(l))
class E:
    def __eq__(self, o): return self == o
try:
    E() == E()
except RecursionError as e:
    print(type(e).__name__)
class GA:
    def __getattr__(self, k): return getattr(self, k + 'x')
try:
    GA().a
except RecursionError as e:
    print(type(e).__name__)
