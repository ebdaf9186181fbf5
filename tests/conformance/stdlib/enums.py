from enum import *
class C(Enum):
    R = 1
    G = auto()
    ALIAS = 1
    @property
    def low(self): return self.name.lower()
    @classmethod
    def _missing_(cls, v): print('missing', v); return cls.R
    def __str__(self): return f'C:{self.name}'
    _ignore_ = ['t']
    t = 5
class Fl(Flag):
    A = auto(); B = auto(); AB = A | B
class I(IntEnum): X = 3
class S(StrEnum):
    LO = auto(); HI = 'high'
class Pl(Enum):
    E = (1, 2); M = (3, 4)
    def __init__(self, a, b): self.a, self.b = a, b
    def sum(self): return self.a + self.b
@unique
class U(Enum): A = 1
print(list(C), C.R.low, C(99), C['G'], C.ALIAS is C.R, C.R in C, len(C), str(C.G), repr(C.G), f'{C.R}')
print(Fl.A | Fl.B, Fl.AB & Fl.A, ~Fl.A, Fl(0), I.X + 1, S.LO, S.HI.upper(), Pl.M.sum(), Pl((1, 2)))
try: C.R = 2
except AttributeError as e: print(e)
try:
    @unique
    class D(Enum): A = 1; B = 1
except ValueError as e: print(e)
try:
    class E2(C): pass
except TypeError as e: print(e)
try:
    class R(Enum): X = 1; X = 2
except TypeError as e: print(str(e)[:30])
print(Enum('Dyn', 'a b')['b'].value, Enum('Dyn', 'a')['a'].__class__.__module__, {C.R: 1}[C.ALIAS])
import pickle
print(pickle.loads(pickle.dumps(C.G)) is C.G)
