def f(a, *b, c=1, **d):
    x = 1
    print(locals())
    l = locals()
    l['x'] = 99
    print(x)
    def g(): return x
    print(sorted(locals()))
    for i in range(1): print(list(locals()))
    return eval('x + a'), eval('[a][0]', globals(), locals()), vars()['a'], sorted(dir())
print(f(1, 2, z=3))
print(locals() is globals(), vars() is globals(), eval('locals() is globals()'))
class C:
    a = 1
    locals()['b'] = 2
    print(b, sorted(k for k in locals() if k[0] != '_'), sorted(k for k in dir() if k[0] != '_'))
def g():
    exec('y = 5')
    try: print(y)
    except NameError as e: print(e)
    d = {}
    exec('y = x = 6', d)
    exec('z = y', globals(), d)
    print(d['y'], d['z'])
    loc = 3
    return eval('loc'), eval('(lambda: 1)()'), eval(compile('loc+1', 's', 'eval'))
print(g())
def h():
    v = 1
    return (lambda: locals())(), [sorted(locals()) for v in [2]][0][-1:], list(locals())
print(h())
def ev(): 
    n = 2
    return eval("len(str(n)) + sum(i for i in range(3))"), eval("f'{n}'"), eval("max(n, *[5])")
print(ev())
print(eval('__name__'), sorted(eval('dir()', {'__builtins__': {'dir': dir}})))
exec('def made(q=1):\n    return q, __name__\nresult = made(2)')
print(result, made())
ns = {}
exec(compile('import sys\ndef f(): return sys._getframe(1).f_code.co_name\nv = f()', '<gen>', 'exec'), ns)
print(ns['v'])
