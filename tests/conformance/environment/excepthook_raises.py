import sys
def hook(t, v, tb):
    raise KeyError('hook broke')
sys.excepthook = hook
def f(): raise ValueError('x')
f()
