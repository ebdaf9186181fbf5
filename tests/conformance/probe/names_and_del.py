sub = 1
print(3 - 2)
a = 1
del a
x, y = [1, 2], [1, 2]
del x[0], y[0]
print(x, y, 'a' in globals())
