x = 'global'
def f():
    x = 'func'
    class A:
        print(x)
        x = 'class'
        print(x)
        def m(self): return x
        def d(self, v=x): return v
        y = [x for _ in [0]]
        z = (lambda: x)()
        print(sorted(k for k in locals() if k[0] != '_'))
    return A
try:
    A = f()
    print(A().m(), A().d(), A.y, A.z)
except NameError as e:
    print(e)
class B:
    global gx
    gx = 'set from class'
    print(__qualname__, __module__, 'B' in globals())
    if True:
        cond = 1
    for i in range(2): pass
    try:
        undefined
    except NameError as e: err = str(e)
    with open(__file__) as fh: first = fh.readline().strip()
    import sys
    def __init_subclass__(cls): print('is', cls.__name__)
    locals()['dyn'] = 5
    exec('ex = 6')
    del fh
class C(B): 'docstring'; attr: int
print(gx, B.cond, B.i, B.err, B.first, B.dyn, B.ex, hasattr(B, 'e'), C.__doc__, C.__annotations__)
class D: pass
class D(D): v = 1
print(D.__mro__[1].__name__, D.__mro__[1] is not D)
class E(*[B], **{}): pass
print([b.__name__ for b in E.__bases__])
