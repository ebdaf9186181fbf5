def a():
    try: raise ValueError
    finally: return 'swallowed'
def b():
    for _ in range(2):
        try: raise ValueError
        finally: continue
    return 'b'
def c():
    x = 1
    try: return x
    finally: x = 2
def d():
    l = []
    try: return l
    finally: l.append(1)
def e():
    try:
        try: raise KeyError('inner')
        finally: raise ValueError('outer')
    except ValueError as ex:
        return repr(ex.__context__)
def f():
    try:
        yield 1
        yield 2
    finally:
        print('gen fin')
print(a(), b(), c(), d(), e())
for x in f():
    print(x); break
g = f(); next(g); del g
print('after del')
def h():
    while True:
        try:
            try: return 1
            finally: print('one')
        finally:
            print('two')
            break
    return 3
print(h())
