class S:
    __slots__ = ('z',)
def f(o):
    o.z, o.x.y = (1,
        2)
s = S()
s.z = s.z2 = f
