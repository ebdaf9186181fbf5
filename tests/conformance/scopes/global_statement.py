def f():
    global a, b
    a = 1
    for b in range(3): pass
    global C
    class C: pass
    global fn
    def fn(): return 'fn'
    global os
    import os
    global exc
    try: raise ValueError('kept')
    except ValueError as exc: pass
    global w
    with open(__file__) as w: pass
    w = 0
    global m
    match [1, 2]:
        case [m, _]: pass
    return (a := 5) if False else a
f()
print(a, b, C.__qualname__, fn(), os.__name__, 'exc' in globals(), w, m)
x = 'g'
def g():
    def h():
        global x
        x = 'h'
    x = 'local'
    h()
    return x
print(g(), x)
class K:
    global y
    y = 1
    y += 1
print(y, hasattr(K, 'y'))
global z
z = 3
def aug():
    global z
    z += 1
    del z
aug()
print('z' in globals())
exec('global q\nq = 1', {}, {})
print('q' in globals())
def e():
    exec('qq = 1')
    return 'qq' in globals(), 'qq' in locals()
print(e())
if 1:
    def cond(): return 1
else:
    def cond(): return 2
print(cond())
