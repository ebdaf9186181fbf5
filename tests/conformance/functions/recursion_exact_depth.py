import sys
sys.setrecursionlimit(300)
def f(n):
    global deepest
    deepest = n
    f(n + 1)
try:
    f(1)
except RecursionError as e:
    print(deepest, e)
def g(n):
    try:
        return g(n + 1)
    except RecursionError:
        return n
print(g(1))
class C:
    def __call__(self, n):
        global deepest
        deepest = n
        return self(n + 1)
try:
    C()(1)
except RecursionError as e:
    print(deepest)
def h(n, *a, **k):
    global deepest
    deepest = n
    h(*[n + 1], **{})
try:
    h(1)
except RecursionError as e:
    print(deepest, e)
