import functools
def cmp(a, b): return a.v - b.v
class V: pass
sorted([V(), V()], key=functools.cmp_to_key(cmp))
