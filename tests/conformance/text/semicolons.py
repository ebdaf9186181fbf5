a = 1; b = 2;
print(a); print(b); c = a; del a
if b: print("x"); print("y");
class A: x = 1; y = x; z = [y]; y += 1
print(A.y); import sys; from os import path; print(sys.argv[1:])
def f(): global g; g = 1; return g; print("no")
f(); f(); print(g); for_ = 1
while b: b -= 1; print(b); continue; print("no")
lambda: 0; 1; "s"; ...
x = 1; y = (2,
 3); z = 4; print(x, y, z); [].a; print("never")
