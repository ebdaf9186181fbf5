class A: pass
a = A(); a.b = A()
del a.b.c.d, a.b
