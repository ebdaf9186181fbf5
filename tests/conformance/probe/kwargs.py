def f(**k): return k
print(f(unpack_x={'a': 1}))
try:
    f(a=1, **{'a': 2})
except TypeError as e:
    print(e)
f(a=1, **{'a': 2})
