try:
    import cloudpickle
except ImportError:
    print('skip')
else:
    import pickle
    k = 3
    def f(x): return g(x) * k
    def g(x): return x + 1
    class C:
        def m(self): return f(1), __class__.__name__
    b = cloudpickle.dumps((f, C, lambda y: f(y), C()))
    a, B, l, o = pickle.loads(b)
    print(a(2), B().m(), l(3), o.m(), a is f)
