def make(n): return {}[n]
class A:
    @make(
        'missing'
    )
    def f(self): pass
