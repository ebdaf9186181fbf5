import sys
f1 = sys._getframe()
c1 = f1.f_code
print(f1 is sys._getframe())
print(c1 is sys._getframe().f_code, c1.co_name, c1.co_firstlineno, c1.co_argcount, c1.co_nlocals)
def g(): return sys._getframe(1)
print(g() is f1)
lines = [f1.f_lineno]
lines.append(f1.f_lineno)
print(lines)
for i in range(2):
    print(g() is f1, f1.f_lineno)
print(sys._current_frames()[__import__('threading').get_ident()] is f1)
l1 = f1.f_lasti
l2 = f1.f_lasti
print(l1 < l2)
print(len(c1.co_code) > 200, list(x.co_name for x in c1.co_consts if hasattr(x, 'co_name')))
