"""Module docstring.

More.
"""
import sys
print(repr(__doc__), sys._getframe().f_code.co_firstlineno)
def f():
    """f doc"""
    'second string'
class C:
    'C doc'
    def m(self):
        f'not a doc'
print(f.__doc__, C.__doc__, C.m.__doc__, sys.modules['__main__'].__doc__ is __doc__)
