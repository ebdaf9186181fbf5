print('__annotations__' in globals(), list(__annotations__))
def note(x):
    print('evaluated', x)
    return x
a: note('int') = note('value')
b: note('str')
try:
    b
except NameError as e:
    print(e)
(c): note('paren') = 1
class O: pass
o = O()
o.x: note('attr') = note(3)
d = {}
d[note('k')]: note('sub') = 4
print(__annotations__, vars(o), d)
def f():
    loc: note('never') = 1
    lo2: undefined_name
    return loc
print(f(), f.__annotations__)
class A:
    x: int = 1
    y: 'str'
    z: note(list[int]) = []
    __m: int = 2
print(A.__annotations__, A.x)
if True:
    deep: int = 3
for deep2 in []:
    never: int = 4
print(list(__annotations__))
