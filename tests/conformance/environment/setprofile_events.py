import sys
ev = []
def pr(f, e, a):
    ev.append((e, f.f_code.co_name, f.f_lineno, a.__name__ if e.startswith('c_') else None))
def f(x):
    return len([x]) + abs(-1)
class A:
    def __init__(self): self.l = []
    def m(self): self.l.append(1); self.l[0] = 2; return f(1)
sys.setprofile(pr)
f(1)
A().m()
'a'.upper()
try: int('x')
except ValueError: pass
sorted([2, 1], key=lambda v: -v)
sys.setprofile(None)
for e in ev: print(*e)
