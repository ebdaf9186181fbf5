import asyncio
async def a(x): return 1 / x
async def b(x): return await a(x) + await a(x - 1)
async def main():
    async def inner(): return [await b(i) for i in (3, 1)]
    return await asyncio.gather(inner())
asyncio.run(main())
