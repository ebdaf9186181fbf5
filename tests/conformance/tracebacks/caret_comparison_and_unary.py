class C:
    def __lt__(self, o): raise TypeError('lt')
    def __neg__(self): return 1 < C() > 2
x = 1 == 1 and not -C()
