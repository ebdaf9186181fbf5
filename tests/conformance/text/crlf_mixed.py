x = 1
y = 2
z = """a
b
c"""
print(repr(z))
if x:
    y = 3
    print(y)
print(1)
[][0]
