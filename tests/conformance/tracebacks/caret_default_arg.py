def bad(): raise LookupError('default')
def f(a=1, *, b: int = bad(), c=2) -> None: pass
