class W:
    def __enter__(self): pass
    def __exit__(self, *a): raise RuntimeError('exit')
def f():
    with W():
        x = 1
        return x
f()
