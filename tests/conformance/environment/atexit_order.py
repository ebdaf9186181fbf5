import atexit, sys
@atexit.register
def first(): print('first registered, last run')
def f(n, k=0): print('f', n, k)
atexit.register(f, 1, k=2)
atexit.register(lambda: print('modules still there', 'sys' in sys.modules, __name__, '__file__' in globals(), '__cached__' in globals(), [k for k in globals() if k[0] == '_']))
class CB:
    def __call__(self): print('cb'); raise ValueError('in atexit')
    def __repr__(self): return 'CB()'
atexit.register(CB())
def nested(): atexit.register(print, 'registered during exit')
atexit.register(nested)
g = f
atexit.register(g, 'unreg')
atexit.unregister(print)
class D:
    def __del__(self): print('module global deleted')
d = D()
print('main ends')
