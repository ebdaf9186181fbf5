import sys
def __getattr__(n):
    print('module getattr', n)
    if n == 'magic': return 42
    raise AttributeError(f'no {n} here')
def __dir__(): return ['magic']
