# python: >=3.12
import itertools, typing, inspect
print(list(itertools.batched('abcde', 2)))
class B:
    @typing.override
    def m(self): return 1
print(B.m.__override__)
class Buf:
    def __buffer__(self, flags): print('buffer'); return memoryview(b'xyz')
    def __release_buffer__(self, v): print('release')
print(bytes(Buf()))
with memoryview(Buf()) as mv: print(mv[0])
print(sum([0.1] * 10), slice(1, 2) == slice(1, 2), hash(slice(1)) == hash(slice(1)))
def k(**kw: typing.Unpack['TD']): return kw
print(k(a=1), k.__annotations__['kw'].__class__.__name__)
s = 'invalid \d escape'
try: 
    for a, b in zip([1], [1, 2], strict=True): print(a, b)
except ValueError as e: print(e)
import sys
print(sys.last_exc if hasattr(sys, 'last_exc') else 'no last_exc', inspect.markcoroutinefunction(lambda: 0).__name__)
def gen():
    try: yield
    except ValueError as e: return 'ret'
g = gen(); next(g)
try: g.throw(ValueError())
except StopIteration as e: print(e.value)
