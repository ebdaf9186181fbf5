def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    def get(): return n
    return inc, get
inc, get = counter()
inc(); inc(5)
print(get(), inc.__closure__[0].cell_contents, inc.__code__.co_freevars)
def three():
    a = 1
    def two():
        b = 2
        def one():
            nonlocal a, b
            a, b = a + 1, b + a
            return a, b
        return one
    return two(), lambda: a
o, ga = three()
print(o(), o(), ga())
def late():
    def use(): return later
    try:
        use()
    except NameError as e:
        print(e)
    later = 3
    return use()
print(late())
def dele():
    x = 1
    def f(): return x
    del x
    try:
        f()
    except NameError as e:
        print(e)
    x = 2
    return f()
print(dele())
def cell():
    x = 1
    def f(): return x
    f.__closure__[0].cell_contents = 42
    return x
print(cell())
def unbound():
    try:
        print(v)
    except UnboundLocalError as e:
        print(e)
    v = 1
unbound()
def loop():
    fs = []
    for i in range(3):
        def f(): return i
        fs.append(f)
    return [f() for f in fs], fs[0].__closure__[0] is fs[1].__closure__[0]
print(loop())
def wal():
    def g():
        nonlocal w
        return (w := w + 1)
    w = 1
    g(); g()
    return w
print(wal())
def handler():
    try:
        raise ValueError('x')
    except ValueError as e:
        f = lambda: e
        r = f().args
    try:
        f()
    except NameError as err:
        return r, str(err)
print(handler())
