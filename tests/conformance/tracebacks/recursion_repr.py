class R:
    def __repr__(self): return f'<{self!r}>'
try:
    repr(R())
except RecursionError as e:
    print('RecursionError')
l = []
d = {'l': l}
l.append(d)
raise ValueError(l)
