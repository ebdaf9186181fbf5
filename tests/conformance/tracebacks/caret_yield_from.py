def a(): yield from b()
def b(): yield from c()
def c():
    yield 1
    [][0]
print(list(a()))
