class D:
    def __set_name__(self, o, n): raise ValueError('set_name')
class A:
    x = 1
    d = D()
