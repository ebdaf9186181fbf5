import atexit, sys
class Bye:
    def __call__(self):
        print('bye')
        sys.exit(5)
    def __repr__(self): return 'Bye()'
atexit.register(Bye())
atexit.register(print, 'after error?')
raise ValueError('main error')
