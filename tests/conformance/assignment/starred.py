a, *b, c = range(6)
print(a, b, c)
*a, = 'abc'
print(a)
[x, (y, *z), *w] = 1, (2, 3, 4), 5, 6
print(x, y, z, w)
first, (second, [third, *_]), *rest = 1, (2, [3, 4, 5]), *'xyz'
print(first, second, third, _, rest)
for n, *more in [(1, 2, 3), (4,)]:
    print(n, more)
d = {}
d['k'], *d['rest'] = 'abc'
print(d)
class O: pass
o = O()
o.a, (o.b, *o.c) = 1, 'xyz'
print(vars(o))
try:
    a, *b, c = [1]
except ValueError as e:
    print(e)
try:
    a, b = 1, 2, 3
except ValueError as e:
    print(e)
try:
    a, b = 5
except TypeError as e:
    print(e)
print(*[1], *(2,), *{3: 4}, sep='|')
t = *a, 9
print(t)
