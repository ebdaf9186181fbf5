import sys
def hook(u): print('unraisable:', u.exc_value, flush=True)
sys.unraisablehook = hook
class A:
    def __del__(self): raise ValueError('at exit')
keep = A()
raise KeyError('main')
