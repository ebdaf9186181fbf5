import asyncio
class ACM:
    def __init__(self, n): self.n = n
    async def __aenter__(self): print('aenter', self.n); await asyncio.sleep(0); return self.n
    async def __aexit__(self, t, v, tb): print('aexit', self.n, t and t.__name__); return t is KeyError
class AIt:
    def __init__(self, n): self.n = n
    def __aiter__(self): print('aiter'); return self
    async def __anext__(self):
        if not self.n: raise StopAsyncIteration
        self.n -= 1
        return self.n
async def agen(n):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            got = yield i
            if got: print('got', got)
    finally:
        print('agen cleanup')
async def add(a, b=1): return a + b
async def main():
    async with ACM(1) as a, ACM(2) as b: print(a, b)
    async with ACM(3): raise KeyError
    async for x in AIt(2): print(x)
    else: print('aelse')
    print([x async for x in agen(3)], {x: await add(x) async for x in agen(2) if await add(x) > 1})
    print([await add(i, await add(i)) for i in range(3)], await add(*[await add(1)], **{'b': await add(2)}))
    g = agen(3)
    print(await anext(g), await g.asend('S'), await g.__anext__())
    await g.aclose()
    try:
        await anext(g)
    except StopAsyncIteration: print('stopped')
    print(await anext(agen(0), 'dflt'))
    try:
        await 5
    except TypeError as e: print(e)
    print(f'{await add(1)}{[await add(1)][0]:>{await add(3)}}')
    l = [1]; l[await add(-1)] += await add(5); print(l)
    print((await add(1)) if await add(0) else 0, await add(1) and await add(2), 1 < await add(1) < await add(2))
    return 'main done'
print(asyncio.run(main()))
print(type(add(1)).__name__)
