import sys
class M:
    answer = 42
    def __call__(self): return 'called module'
sys.modules[__name__] = M()
