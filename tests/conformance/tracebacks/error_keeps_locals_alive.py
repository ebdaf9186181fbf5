import sys
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print('freed', self.n)
def f():
    d = D('in frame')
    raise ValueError('x')
try: f()
except ValueError as e: print('in except')
print('after except')
try: f()
except ValueError as e: saved = e
print('still held')
del saved
print('released')
g = D('global')
f()
