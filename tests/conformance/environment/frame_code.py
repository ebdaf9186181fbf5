# What a frame, a generator, a coroutine says of its code is what the function says.
import asyncio, dis, gc, inspect, io, marshal, sys, types
here = sys._getframe().f_code
print(here.co_name, here.co_consts[:2], marshal.loads(marshal.dumps(here)) == here)
print([type(k).__name__ for k in here.co_consts if not isinstance(k, (int, str, tuple, bytes, bool, type(None), types.CodeType))])
def f(a, *b, **c):
    frame = sys._getframe()
    x = [a]
    x += b
    x[0] += 1
    out = io.StringIO()
    dis.dis(frame.f_code, file=out)
    print(frame.f_code is f.__code__, frame.f_code == f.__code__, hash(frame.f_code) == hash(f.__code__))
    print(out.getvalue().count('\n'), frame.f_code.co_stacksize, sys.getsizeof(frame), sys.getsizeof(frame.f_code))
    return frame
fr = f(1, 2)
print(fr.f_code.co_consts, fr.f_code.co_names, len(fr.f_code.co_code), fr.f_lasti, fr.f_lineno)
def g():
    y = yield [len('a')]
    yield y.upper()
a, b = g(), (str(i) for i in range(3))
next(b)
print(a.gi_code is g.__code__, a.gi_frame.f_code is a.gi_code, a.gi_frame.f_lasti, sys.getsizeof(a))
print(b.gi_code.co_name, b.gi_frame.f_lasti, b.gi_code in here.co_consts, inspect.getgeneratorstate(b))
next(a); print(a.gi_frame.f_lasti, a.gi_frame.f_lineno, inspect.getgeneratorstate(a))
async def co(): return await asyncio.sleep(0, 'slept')
async def ag():
    yield len('abc')
c, d = co(), ag()
print(c.cr_code is co.__code__, d.ag_code is ag.__code__, sys.getsizeof(c), sys.getsizeof(d))
print(asyncio.run(c), c.cr_frame, c.cr_code.co_name)
print([type(v).__dict__[n].__name__ for v, n in ((fr, 'f_code'), (fr, 'f_lasti'), (a, 'gi_code'), (d, 'ag_code'))])
try: fr.f_code = 1
except AttributeError as e: print(e)
try: a.gi_code = 1
except AttributeError as e: print(type(e).__name__)
class K:
    body = sys._getframe()
    l = lambda self: sys._getframe()
print(K.body.f_code in here.co_consts, K().l().f_code is K.l.__code__, K.body.f_lasti)
fs = [lambda: 0, lambda: 1, lambda: 0, lambda: 0]
print([h.__code__.co_consts for h in fs], fs[0].__code__ is fs[2].__code__)
ns = {}
exec('def e():\n import sys\n return sys._getframe()', ns)
print(ns['e']().f_code is ns['e'].__code__, ns['e']().f_lasti)
