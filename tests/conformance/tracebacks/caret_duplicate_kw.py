def f(**k): return k
class K:
    def m(self, **k): return f(x=1, **k, **{'y': 1})
K().m(y=2)
