import sys
ev = []
def tr(f, e, a):
    ev.append((e, f.f_lineno))
    return tr
sys._getframe().f_trace = tr
sys.settrace(tr)
a = 1
b = [
    2,
    len('x'),
]
for i in range(2):
    a += i
if a: pass
x = (lambda: 1)()
sys.settrace(None)
print(ev)
