class A:
    def __getattr__(self, n):
        raise AttributeError(f'custom {n}') from KeyError(n)
A().foo.bar(1)
