log = []
def f(n): log.append(n); return n
def g():
    log.append('g')
    return lambda *a: a
g()(f(1), f(2))
print(log)
