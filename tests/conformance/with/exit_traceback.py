class E:
    def __enter__(self): return self
    def __exit__(self, *a):
        raise RuntimeError('from exit')
with E() as e:
    x = [1, 2][
        5]
