import asyncio
order = []
async def w(n, k):
    for i in range(k):
        order.append((n, i))
        await asyncio.sleep(0)
    return n
async def main():
    print(await asyncio.gather(w('a', 2), w('b', 3), w('c', 1)))
    print(order)
    t = asyncio.create_task(w('t', 5), name='named')
    await asyncio.sleep(0)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError: print('cancelled', t.get_name(), t.cancelled())
    async with asyncio.TaskGroup() as tg:
        x = tg.create_task(w('x', 1)); y = tg.create_task(w('y', 1))
    print(x.result(), y.result())
    async def fail(n): await asyncio.sleep(0); raise ValueError(n)
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(fail(1)); tg.create_task(fail(2))
    except* ValueError as eg: print(eg.exceptions)
    r = await asyncio.gather(fail(3), w('z', 1), return_exceptions=True)
    print(r)
    q = asyncio.Queue()
    async def prod():
        for i in range(3): await q.put(i)
        await q.put(None)
    async def cons():
        out = []
        while (x := await q.get()) is not None: out.append(x)
        return out
    print((await asyncio.gather(prod(), cons()))[1])
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    loop.call_soon(f.set_result, 'fut')
    print(await f)
    try:
        async with asyncio.timeout(0): await asyncio.sleep(1)
    except TimeoutError: print('timeout')
    print(await asyncio.to_thread(lambda a: a + 1, 1))
    sem = asyncio.Semaphore(1)
    async with sem: print(sem.locked())
    print(len(asyncio.all_tasks()), asyncio.current_task().get_coro().__name__)
asyncio.run(main())
