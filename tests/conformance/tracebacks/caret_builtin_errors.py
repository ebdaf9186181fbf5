def f(s):
    return int(s) + len(s)
try:
    f(5)
except TypeError as e:
    print(e)
    f('five')
