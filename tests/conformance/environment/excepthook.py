import sys
def hook(t, v, tb):
    names = []
    while tb: names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno)); tb = tb.tb_next
    print('HOOK', t.__name__, v, names)
sys.excepthook = hook
def f(): raise ValueError('x')
import atexit
atexit.register(lambda: print(sys.last_value, sys.last_type.__name__, sys.last_traceback.tb_lineno) if hasattr(sys, 'last_value') else print('none'))
f()
