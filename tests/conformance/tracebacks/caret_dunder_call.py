class A:
    def __call__(self, x): return self[x]
    def __getitem__(self, k): return self + k
    def __add__(self, o): raise NotImplementedError
A()(3)
