z = 2 or 1
print(z, [] and [1])
a = None
print(a is not None and a.foo)
print(True and True and False)
