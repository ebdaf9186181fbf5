import builtins
calls = []
real = {n: getattr(builtins, n) for n in 'isinstance len getattr setattr hasattr type id iter next compile exec eval open print globals locals dir vars repr hash callable issubclass delattr'.split()}
def wrap(n):
    r = real[n]
    def w(*a, **k):
        calls.append(n)
        return r(*a, **k)
    return w
for n in real:
    if n not in ('type', 'print', 'globals', 'locals', 'dir', 'vars', 'eval', 'exec'): setattr(builtins, n, wrap(n))
x = [1, 2]
x.append(3)
x[0] = 5
x[0] += 1
class A:
    def m(self): return self
a = A()
a.b = a.m()
del a.b
def f(*p, **k): return p
f(*x, **{'k': 1})
for i in range(2): f(i)
y = f"{f(1)}"
del x[0]
len(x)
for n in real: setattr(builtins, n, real[n])
print(calls)
