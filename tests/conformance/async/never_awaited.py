async def f(): return 1
async def g(): yield 1
f()
x = f()
x.close()
def h():
    f()
    print('after')
h()
c = f()
c = None
g()
print('end')
