if (n := len('abc')) > 2:
    print(n)
print([y := 1, y ** 2, (z := y + 5)], y, z)
data = [last := i for i in range(4)]
print(last, data)
def f(a, b=(c := 7)):
    return (a := a + 1), b
print(f(1), c)
print(any((hit := w) == 'b' for w in 'abc'), hit)
while (k := data.pop()) > 1:
    print('k', k)
print(f(x := 3), x)
print(f(b=(q := 3), a=1), q)
lam = lambda: (inner := 4) + inner
print(lam(), 'inner' in globals())
print({(k := 'a'): (v := 1), (k := 'b'): v + 1}, k)
print(f'{(m := 3)}{m=}')
def g():
    global gg
    [gg := i for i in range(3)]
g()
print(gg)
