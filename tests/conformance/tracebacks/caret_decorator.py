def deco(x):
    def d(f): raise TypeError('in deco')
    return d
@deco(1)
@staticmethod
def f():
    pass
