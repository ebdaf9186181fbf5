log = []
class It:
    def __init__(self, n): self.n = n
    def __iter__(self):
        log.append('iter %s' % self.n)
        for i in range(self.n):
            log.append('next %d' % i)
            yield i
        log.append('end')
class T:
    def __setattr__(self, k, v): log.append((k, v))
t = T()
t.a, t.b = It(2)
print(log)
log.clear()
try:
    t.a, t.b = It(3)
except ValueError as e:
    print(e, log)
log.clear()
try:
    t.a, t.b, t.c = It(2)
except ValueError as e:
    print(e, log)
log.clear()
t.a, (t.b, *t.c), t.d = 'one', It(3), 4
print([x if not isinstance(x, str) else x for x in log if not isinstance(x, str)])
a, b = 1, 2
a, b = b, a
print(a, b)
l = [1, 2]
j = 0
j, l[j] = 1, 99
print(l)
def fail(): raise KeyError('rhs')
try:
    t.zz = fail()
except KeyError:
    print('zz' in str(log))
