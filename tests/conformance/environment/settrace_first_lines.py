# Each line is seen as often as it is begun: no probe has a line of its own.
import sys
def trace(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        print(frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno)
        return trace
def a():
    for _ in (
        x for x in [1]
    ):
        pass
def b():
    x = (
        len('a'))
    x += (
        1
    )
    return (x
            .bit_length())
def c():
    while (
        False
    ): pass
    assert (
        1)
    if (
        str(
        1)): pass
    with (
        open(__file__)
    ) as f: f.read(
        1)
def d(): return lambda: [
    1,
    len(
        'a')]
def e():
    @str
    @(
        lambda f: f)
    def f(): pass
    class K(
        int): pass
    del (
        K.__doc__), f
def g():
    return {
        'a':
        len('b')}['a']
async def h():
    async with A() as x: await x
    async for i in x: pass
class A:
    async def __aenter__(self): return self
    async def __aexit__(self, *a): pass
    def __await__(self): return iter(())
    def __aiter__(self): return self
    async def __anext__(self): raise StopAsyncIteration
def i(x):
    match (
        x):
        case [1, y] if (
            y): return y
        case _: raise (
            ValueError(
                x))
def j():
    print(
        *[1],
        sep='')
    x = y = \
        [0]
    x[
        0] += (
        1)
    x[0:
      1] = [
        2]
    return -(
        x[0])
for f in a, b, c, d, e, g, j:
    sys.settrace(trace); r = f(); sys.settrace(None)
sys.settrace(trace); d()(); sys.settrace(None)
sys.settrace(trace); i([1, 2]); sys.settrace(None)
try: sys.settrace(trace); i(0)
except ValueError: sys.settrace(None)
try: sys.settrace(trace); h().send(None)
except StopIteration: sys.settrace(None)
