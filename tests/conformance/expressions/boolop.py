log = []
def v(x):
    log.append(x)
    return x
print(v(0) or v('') or v([]) or v(3) or v(4), log)
log.clear()
print(v(1) and v('a') and v([]) and v(9), log)
print([] and [1], 2 or 1, None or 0, 0 and 1 or 2)
a = None
print(a is not None and a.foo)
print(True and True and False, not [] and not 0)
print((v(1) if v(0) else v(2)), log[-2:])
class B:
    def __bool__(self): log.append('bool'); return True
log.clear()
b = B()
print((b and b and 1), log)
log.clear()
if b and (b or 0) and not b: print('no')
print(log)
class Bad:
    def __bool__(self): return 3
try:
    Bad() and 1
except TypeError as e:
    print(e)
x = 1 and 2 and (3 or 4) or 5
print(x)
print(1 if 0 else 2 if 0 else 3)
print([1 if i % 2 else 'e' for i in range(3)], (lambda: 1) and 2)
