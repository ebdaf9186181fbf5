class E(Exception):
    __notes__ = 'not a list'
    def __str__(self): return 'multi\nline\nmessage'
raise E
