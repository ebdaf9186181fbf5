from dataclasses import dataclass, field, replace, asdict, astuple, fields, KW_ONLY, InitVar, make_dataclass, FrozenInstanceError
from typing import ClassVar
def fac(): print('factory'); return []
@dataclass(order=True)
class P:
    x: int
    y: int = 2
    l: list = field(default_factory=fac, compare=False, repr=False)
    c: ClassVar[int] = 7
    iv: InitVar[int] = 3
    def __post_init__(self, iv): print('post', iv); self.s = self.x + iv
@dataclass(frozen=True, slots=True, kw_only=True)
class F:
    a: 'int'
    b: str = 'b'
@dataclass
class Q(P):
    z: int = 9
    _: KW_ONLY
    k: int = 0
p = P(1)
p.l.append(1); p.x += 1
print(p, p < P(5), p.s, P.c, asdict(p), astuple(p), replace(p, y=8, iv=1), [f.name for f in fields(Q)])
print(F(a=1), hash(F(a=1)) == hash(F(a=1)), Q(1, k=4))
try: F(a=1).a = 2
except FrozenInstanceError as e: print(e)
try: F(1)
except TypeError as e: print(e)
try:
    @dataclass
    class Bad:
        x: list = []
except ValueError as e: print(e)
print(make_dataclass('M', [('q', int, 4)])(), P.__match_args__, P.__doc__)
match p:
    case P(x, y): print(x, y)
