import asyncio, contextvars
v = contextvars.ContextVar('v', default='dflt')
tok = v.set('module')
print(v.get())
async def child(n):
    print('child sees', v.get())
    v.set(n)
    await asyncio.sleep(0)
    return v.get()
async def main():
    v.set('main')
    print(await asyncio.gather(child(1), child(2)), v.get())
    await child('direct')
    print(v.get())
asyncio.run(main())
print(v.get())
v.reset(tok)
print(v.get())
ctx = contextvars.copy_context()
print(ctx.run(lambda: (v.set('in ctx'), v.get())[1]), v.get(), ctx[v])
try:
    v.reset(tok)
except RuntimeError as e:
    print('already used')
def f():
    t = v.set('f'); print(v.get()); return t
t = f()
print(v.get()); v.reset(t); print(v.get())
def gen():
    v.set('gen'); yield v.get(); yield v.get()
g = gen(); next(g); print(v.get()); v.set('out'); print(next(g))
print(len(contextvars.copy_context()))
