# python: >=3.13
import warnings, sys
@warnings.deprecated('old thing')
def old(x): return x
old(1)
def caller():
    return old(
        2)
caller()
class C:
    @warnings.deprecated('cls')
    def m(self): pass
    def n(self):
        self.a = self.b = 1
        self.c, self.d[0] = 1, 2
        def inner(): self.e = 1
        [self.f for self.f in []]
C().m()
print(sorted(C.__static_attributes__))
class Outer:
    x = 'class'
    class In:
        try: print([x for _ in 'a'])
        except NameError as e: print(e)
    l = [(lambda: k)() for k in 'a']
try: print(locals() is globals(), [sys._getframe().f_locals is globals() for _ in 'a'])
except Exception as e: print(e)
