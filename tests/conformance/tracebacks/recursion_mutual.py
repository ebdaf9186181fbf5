def a(n): return b(n)
def b(n): return a(n)
try:
    a(0)
except RecursionError as e:
    t, n = e.__traceback__, 0
    while t: n += 1; t = t.tb_next
    print(n)
    raise
