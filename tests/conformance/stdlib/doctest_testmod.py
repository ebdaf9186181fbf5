"""Module.

>>> f(2)
4
>>> f('x')
Traceback (most recent call last):
    ...
TypeError: no
>>> __name__
'__main__'
>>> [g(i) for i in range(2)]
[0, 99]
"""
def f(x):
    """
    >>> f(1)
    2
    >>> y = f(3); y
    7
    """
    if isinstance(x, str): raise TypeError('no')
    return x * 2
def g(x): return x
if __name__ == '__main__':
    import doctest, sys
    print(doctest.testmod())
    print(doctest.testmod(verbose=False, optionflags=doctest.REPORT_ONLY_FIRST_FAILURE).failed)
    sys.exit(doctest.testmod()[0] > 0)
