class Log:
    calls = []
    def __init_subclass__(cls): pass
    def __getattribute__(self, n):
        Log.calls.append(n)
        return object.__getattribute__(self, n)
    def __hash__(self): Log.calls.append('__hash__'); return 1
    def __eq__(self, o): Log.calls.append('__eq__'); return self is o
    def __len__(self): Log.calls.append('__len__'); return 1
    def __bool__(self): Log.calls.append('__bool__'); return True
    def __repr__(self): Log.calls.append('__repr__'); return 'L'
    def __iter__(self): Log.calls.append('__iter__'); return iter([1])
    def __getitem__(self, k): Log.calls.append('__getitem__'); return k
    def __setitem__(self, k, v): Log.calls.append('__setitem__')
    def __call__(self, *a): Log.calls.append('__call__'); return self
    def step(self): return self
a = Log()
for _ in range(2):
    b = a.step().step()
    c = b(1)(2)
    d = [c, (b, {'k': a})]
    a[1] = d
    e = a[2]
f = lambda o, *r, **k: o
g = f(a, b, c, k=d)
h = list(a)
x = print if a else None
y = (a, b) + (c,)
z = sorted([a], key=id)
print(Log.calls)
