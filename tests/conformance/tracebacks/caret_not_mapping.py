class P:
    def __call__(self, *a, **k): pass
    def __repr__(self): return "P()"
    def __str__(self): return "P as str"

P()(2, **[3])
