for i, (a, *b) in enumerate([(1, 2), (3, 4, 5)]): pass
print(i, a, b)
for x.y in [] if (x := type('X', (), {})) else []: pass
for d in [{}]:
    for d['k'] in range(3): pass
print(d)
for n in range(3):
    if n == 1: break
else: print('no break')
while n:
    n -= 1
else: print('while else')
for _ in (): print('never')
else: print('empty else')
l = [1, 2, 3]
for e in l:
    if e == 2: l.remove(e)
print(l, e)
for k in list(globals()):
    if k == 'l': del globals()[k]
print('l' in globals())
for c in 'ab': 
    def f(c=c): return c
print(f(), c)
it = iter(range(5))
for p in it:
    for q in it:
        if q == 2: break
print(p, q)
import sys
for sys.marker in range(2): pass
print(sys.marker)
if (z := 0): w = 1
print('w' in globals())
i = 0
while True:
    i += 1
    try:
        if i < 3: continue
        if i == 5: break
    finally:
        print('i', i)
for v in [1, 2], [3]: print(*v)
for g in *[1], 2: print(g)
