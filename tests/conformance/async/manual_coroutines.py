import types
@types.coroutine
def sw(x):
    r = yield x
    return r
class Aw:
    def __await__(self):
        print('await'); r = yield 'aw'; return r
async def c(a):
    r = await sw(a)
    try:
        r2 = await Aw()
    except KeyError as e:
        r2 = repr(e)
    return r, r2
co = c(1)
print(co.send(None), co.send('S'), co.cr_await.__class__.__name__, co.cr_frame.f_lineno)
try:
    co.throw(KeyError('T'))
except StopIteration as e:
    print(e.value)
try:
    co.send(None)
except RuntimeError as e:
    print(e)
async def never(): 
    try: await sw(0)
    finally: print('closed')
n = never(); n.send(None); n.close()
async def ag():
    x = yield 1
    await sw('inside')
    yield x
a = ag()
try:
    a.asend(None).send(None)
except StopIteration as e: print('yielded', e.value)
s = a.asend('X')
print(s.send(None))
try: s.send(None)
except StopIteration as e: print(e.value)
try:
    for _ in ag(): pass
except TypeError as e: print(e)
async def bad():
    async for x in [1]: pass
try: bad().send(None)
except TypeError as e: print(e)
async def bad2():
    async with 5: pass
try: bad2().send(None)
except TypeError as e: print(e)
async def si(): raise StopIteration
try: si().send(None)
except RuntimeError as e: print(e)
