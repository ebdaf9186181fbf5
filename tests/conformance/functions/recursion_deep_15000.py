import sys
sys.setrecursionlimit(20000)
def f(n):
    return 0 if n == 0 else 1 + f(n - 1)
print(f(15000))
def even(n): return True if n == 0 else odd(n - 1)
def odd(n): return False if n == 0 else even(n - 1)
print(even(15000))
class T:
    def m(self, n): return n and self.m(n - 1)
print(T().m(15000))
def kw(*, n): return n and kw(n=n - 1)
print(kw(n=15000))
fact = lambda n: 1 if n == 0 else fact(n - 1)
print(fact(15000))
def clo():
    def inner(n): return n if n == 0 else inner(n - 1)
    return inner(15000)
print(clo())
