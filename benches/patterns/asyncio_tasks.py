import asyncio


async def worker(n):
    total = 0
    for i in range(n):
        await asyncio.sleep(0)
        total += i
    return total


async def main():
    return sum(await asyncio.gather(*(worker(6_000) for _ in range(40))))


print(asyncio.run(main()))
