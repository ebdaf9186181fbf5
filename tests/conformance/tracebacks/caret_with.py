class W:
    def __enter__(self): return self
    def __exit__(self, *a): return {}['exit']
with W() as w, W() as (a, b):
    pass
