from typing import *
from collections import namedtuple
import typing
class P(NamedTuple):
    """Doc"""
    x: int
    y: 'str' = 'd'
    def s(self): return f'{self.x}{self.y}'
p = P(1)
print(p, p.s(), p._replace(x=5), P._fields, P.__annotations__, p._asdict(), P._make([1, 2]), P._field_defaults)
N = namedtuple('N', 'a b', defaults=[0], module=__name__)
print(N(1), N.__module__, namedtuple('Q', 'z').__module__)
@runtime_checkable
class Quack(Protocol):
    n: int
    def quack(self) -> str: ...
class D:
    n = 1
    def quack(self): return 'q'
print(isinstance(D(), Quack), isinstance(3, Quack))
class TD(TypedDict, total=False):
    k: Required[int]
    o: 'List[P]'
print(TD(k=1), TD.__required_keys__, get_type_hints(TD))
def f(a: 'P', b: Optional['D'] = None, *c: int, **k: 'Union[int, str]') -> 'list[D]': ...
print(get_type_hints(f)['b'] == Optional[D], get_type_hints(f)['a'] is P, inspect_sig(f) if 'inspect_sig' in globals() else '')
T = TypeVar('T', bound='D')
class G(Generic[T]):
    v: 'T'
    def m(self: Self) -> Self: return self
print(G[D], G[D]().m().__orig_class__, get_type_hints(G), T.__module__, get_args(Dict[str, int]), get_origin(list[int]), Literal['a', 1], Annotated[int, 'meta'], Callable[[int], str])
U = NewType('U', int); print(U(5), U.__module__, U.__name__)
try: get_type_hints(type('X', (), {'__annotations__': {'z': 'Missing'}}))
except NameError as e: print(e)
print(cast(int, 'x'), typing.TYPE_CHECKING, Final, reveal_type.__name__)
@overload
def ov(a: int) -> int: ...
@overload
def ov(a: str) -> str: ...
def ov(a): return a
print(len(get_overloads(ov)), ov(1))
