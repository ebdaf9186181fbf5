x, y = [1], [2]
class D:
    def __delitem__(self, k): print('delitem', k)
    def __delattr__(self, k): print('delattr', k)
d = D()
def seq():
    del d[0], d.a, d[1:2], d[...], d.b.c
d2 = {}
try:
    del x[0], d2['missing'], y[0]
except KeyError as e:
    print(e, x, y)
del d[0], d.a, d[1:2], d[...], (d.b), [d[1, 2]]
del x[0:0], x
del d[missing]
