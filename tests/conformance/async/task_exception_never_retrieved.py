import asyncio
async def bad():
    raise ValueError('lost')
async def main():
    t = asyncio.create_task(bad(), name='T')
    await asyncio.sleep(0)
    del t
    await asyncio.sleep(0)
    print('end of main')
asyncio.run(main())
