log = []
def v(x):
    log.append(x)
    return x
print(3 > 2 > 1, 1 < 3 < 2)
print(1 in [1] in [[1]])
print(v(1) < v(3) < v(2) < v(9), log)
log.clear()
print(v(1) == v(1) != v(2) is not v(None), log)
class C:
    def __init__(self, n): self.n = n
    def __lt__(self, o): print('lt', self.n, o.n); return [] if self.n else 'yes'
    def __gt__(self, o): print('gt', self.n, o.n); return NotImplemented
print(C(0) < C(1) < C(2))
try:
    C(0) > C(1)
except TypeError as e:
    print(e)
print(1 < 2 in [2], not 1 in [2], 1 not in [2] == True)
print(None is None is not True)
a = b = 5
print(a == b == 5 >= a)
