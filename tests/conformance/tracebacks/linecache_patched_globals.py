import linecache
def f(): raise ValueError('x')
linecache.clearcache()
__file__ = 'nowhere.py'
f()
