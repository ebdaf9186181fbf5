class P:
    def __add__(self, o): print('P.add'); return NotImplemented
    def __radd__(self, o): print('P.radd'); return 'P.radd'
    def __eq__(self, o): print('P.eq'); return NotImplemented
    def __lt__(self, o): print('P.lt'); return NotImplemented
    def __gt__(self, o): print('P.gt'); return 'gt'
class Q(P):
    def __radd__(self, o): print('Q.radd'); return NotImplemented
try:
    P() + Q()
except TypeError as e:
    print(e)
print(1 + P())
print(P() == Q(), P() != Q(), P() < Q())
try:
    P() + 1
except TypeError as e:
    print(e)
try:
    P() <= 1
except TypeError as e:
    print(e)
try:
    {} | 1
except TypeError as e:
    print(e)
x = []
try:
    x += 5
except TypeError as e:
    print(e, x)
try:
    x -= 5
except TypeError as e:
    print(e)
try:
    -'a'
except TypeError as e:
    print(e)
print(True + True, 'a' * 3, [1] * 2 + [3], {'a': 1} | {'b': 2}, {1, 2} & {2}, {1} <= {1, 2})
