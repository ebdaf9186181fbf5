class K:
    def m(self, *a): pass
k = K()
k.m(*5)
