x = 1 + \
    2
if x == 3 and \
   x > 1:
    print\
(x)
s = "a\
b"
assert x \
    == 3
from os \
    import path, \
    sep
with open(__file__) as a, \
     open(__file__) as b:
    print(a.readline() == \
          b.readline())
del a, \
    b
y = x.real\
    .bit_length()\
    .nope
