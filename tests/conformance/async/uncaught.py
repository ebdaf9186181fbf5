import asyncio
async def inner(x):
    await asyncio.sleep(0)
    return {}[
        x]
async def mid():
    async with asyncio.timeout(5):
        return [await inner(i) for i in 'a']
async def main():
    await mid()
asyncio.run(main())
