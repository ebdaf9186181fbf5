class CM:
    def __init__(self, n, swallow=False): self.n, self.sw = n, swallow
    def __enter__(self): print('enter', self.n); return self.n
    def __exit__(self, t, v, tb): print('exit', self.n, t and t.__name__, v, tb is not None); return self.sw
with CM(1) as a, CM(2) as b:
    print(a, b)
with (CM(3) as a, CM(4),):
    print('paren')
with CM(5, True):
    1 / 0
with CM('unpack') as (u, *v):
    print(u, v)
d = {}
with CM(6) as d['k'], CM(7) as CM.attr:
    print(d, CM.attr)
def f():
    with CM(8):
        return 'ret'
print(f())
for i in range(3):
    with CM(i):
        if i == 0: continue
        break
try:
    with CM(9), CM(10) as x, CM(11, False):
        raise KeyError('k')
except KeyError as e:
    print('caught', e)
try:
    with 5: pass
except TypeError as e:
    print(e)
class NoExit:
    def __enter__(self): print('never')
try:
    with NoExit(): pass
except TypeError as e:
    print(e)
class BadEnter(CM):
    def __enter__(self): raise OSError('enter')
try:
    with CM(12), BadEnter(13): print('never')
except OSError as e:
    print(e)
class LookupOnType:
    def __init__(self): self.__enter__ = lambda: print('instance, wrong')
    def __enter__(self): print('type, right')
    def __exit__(self, *a): print(len(a))
with LookupOnType(): pass
