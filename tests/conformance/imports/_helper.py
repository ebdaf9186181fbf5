"""Helper doc."""
print('importing', __name__)
VALUE = 1
_private = 2
__all__ = ['VALUE', 'func']
def func(x=1): return ('func', x, __name__)
def hidden(): pass
def boom(n=0): return 1 / n
def deep(n): return deep(n - 1) if n else boom()
class Thing:
    count = 0
    def __init__(self): Thing.count += 1
