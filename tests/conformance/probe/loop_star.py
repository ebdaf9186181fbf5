def g(*a): return a
x = [1, 2]
for i in [1]:
    r = g(*x)
print(r)
a = []
f = a.append; g = f; g(1)
print(a)
