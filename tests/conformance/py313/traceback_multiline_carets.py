# python: >=3.13
def f(a, *, b): return a[
    b
] + (a
     .missing)
class random_name: pass
f({1: 2},
  b=1)
