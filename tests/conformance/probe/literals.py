a = [1]
print([*a, 2], (*a, 2), 1j)
x = (1 if a
     else 2)
print(x)
