class P:
    __match_args__ = ('x', 'y')
    def __init__(self, x, y): self.x, self.y = x, y
from enum import Enum
class Color(Enum): RED = 1; BLUE = 2
K = 5
class NS: k = 7
def m(v):
    match v:
        case None: return 'none'
        case True | False: return 'bool'
        case NS.k: return 'value NS.k'
        case -1 | 1.5 | 2 + 3j: return 'num'
        case 'a' | b'b': return 'str'
        case Color.RED: return 'red'
        case int(n) if n > 100: return f'big {n}'
        case int() as i: return f'int {i}'
        case []: return 'empty'
        case [x]: return f'one {x}'
        case [1, *rest, 9]: return f'1..9 {rest}'
        case (a, [b, *_], {'k': c}): return f'nested {a, b, c}'
        case {'t': 'p', **kw} if kw: return f'map {kw}'
        case {'t': str(t) | [t], 'v': v}: return f't {t} {v}'
        case {}: return 'any map'
        case P(0, 0): return 'origin'
        case P(x=0, y=yy): return f'y {yy}'
        case P(P(a, b), y): return f'PP {a, b, y}'
        case P(x, y) as p: return f'P {x, y, p is v}'
        case str() | bytes() as s: return f's {s}'
        case _: return 'other'
for v in (None, True, 7, -1, 1.5, 2 + 3j, 'a', b'b', Color.RED, Color.BLUE, 101, 5, [], [3], [1, 2, 3, 9], (1, [2, 3, 4], {'k': 5, 'z': 0}), {'t': 'p', 'q': 1}, {'t': 'p'}, {'t': ['z'], 'v': 0}, P(0, 0), P(0, 3), P(P(1, 2), 3), P(4, 5), 'zz', {1}, range(3), 2.5):
    print(m(v))
match = case = 1
print(match, case)
match [1, 2]:
    case [x, y] if (z := x + y) > 5: pass
    case x, y: print('bare', x, y, z)
match = lambda *a: a
print(match(1, 2))
match (1): 
    case q: print(q)
match *[1, 2], 3:
    case a, *b: print(a, b)
type = 1
match type:
    case 1: print('soft')
