class A:
    foo = 1
    def m(self): return foo
A().m()
