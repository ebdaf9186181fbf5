class P:
    __match_args__ = ('x',)
    @property
    def x(self): return 1 / 0
match P():
    case int(): pass
    case P(5) | P(x=6): pass
