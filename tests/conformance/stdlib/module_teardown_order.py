import sys
class A:
    def __init__(self, n): self.n = n
    def __del__(self): sys.stdout.write(f'del {self.n} {sys is not None} {"_b" in globals()}\n')
_a = A('_a')
_b = A('_b')
z = A('z')
a = A('a')
def f(x=A('default')): return x
class K: v = A('class attr')
cyc = A('cycle'); cyc.me = cyc
l = [A('in list')]
import builtins
builtins.kept = A('in builtins')
sys.kept = A('in sys')
print('end')
