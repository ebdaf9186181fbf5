x = 1
def f():
    raise RuntimeError('at import')
f()
