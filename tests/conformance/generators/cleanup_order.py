def g(n):
    try:
        yield n
        yield n + 1
    finally:
        print('cleanup', n)
for x in g(1):
    print(x)
    break
print('after loop')
a = g(2); next(a)
a = None
print('after none')
def f():
    b = g(3); next(b)
    print('leaving')
f()
print('left')
next(g(4))
print('temp gone')
[next(g(5)) for _ in range(1)]
print('comp done')
x, *_ = g(6)
print(x)
z = zip(g(7), g(8)); next(z); del z
print('zip gone')
d = {'k': g(9)}; next(d['k']); d['k'] = 1
print('replaced')
l = [g(10)]; next(l[0]); l.clear()
print('cleared')
it = g(11); next(it); it2 = it; del it; print('still'); del it2; print('now gone')
last = g(12); next(last)
print('end of script')
