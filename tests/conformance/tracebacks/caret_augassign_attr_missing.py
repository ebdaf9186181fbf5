class A: v = None
a = A()
a.v += 1
