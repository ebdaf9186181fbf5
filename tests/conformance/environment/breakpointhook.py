import sys
def hook(*a, **k):
    f = sys._getframe(1)
    print('bp', a, k, f.f_code.co_name, f.f_lineno)
sys.breakpointhook = hook
breakpoint()
def f():
    x = 1
    breakpoint(x, k=2)
f()
for i in range(2): breakpoint(i)
