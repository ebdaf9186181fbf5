# python: >=3.13
class A[T]:
    x = T.__name__
    y = [T.__name__ for _ in 'a']
    z = (lambda: [T.__name__ for _ in 'b'])()
    def f[T](self): return [T.__name__ for _ in 'c']
    type Al = T
print(A.x, A.y, A.z, A().f(), A.Al.__value__)
class M(type):
    def __new__(m, n, b, ns, **k): print(n, sorted(k), sorted(x for x in ns if 'generic' in x)); return super().__new__(m, n, b, ns)
class B[T](metaclass=M, opt=1):
    async def m(self): return [T async for _ in self] if 0 else [await self.k() for _ in 'a']
    async def k(self): return __class__.__name__
import asyncio
print(asyncio.run(B().m()))
