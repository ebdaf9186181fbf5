import sys
print(sys.getrecursionlimit())
deepest = 0
def f(n):
    global deepest
    deepest = n
    return f(n + 1)
try:
    f(1)
except RecursionError as e:
    print(deepest, e, type(e).__name__)
lam = lambda n: lam(n + 1) if n < 980 else n
print(lam(0))
def up_to(n):
    if n == 0: return len(str(sys._getframe().f_code.co_name))
    return up_to(n - 1)
print(up_to(990))
