print('must not print')
import asyncio
await asyncio.sleep(0)
