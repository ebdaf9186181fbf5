print(3 > 2 > 1, 1 < 3 < 2, 1 in [1] in [[1]])
a = b = []
print(a is b)
