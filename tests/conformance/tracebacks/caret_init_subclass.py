class B:
    def __init_subclass__(cls, need): pass
class C(B): pass
