def f(x):
    return x is 1
assert (1, 'always true')
s = 'bad \d escape'
b = b'\q'
print([1, 2][0], (1) is not 2)
def never(): return [1](0), 'a'[1.5], {1}[0] if 0 else (1, 2)(3)
x = 0 if 1 else 'abc'['k']
print(f(1), s)
