class M:
    def __matmul__(self, o): return ('mm', o)
    def __rmatmul__(self, o): return ('rmm', o)
    def __pow__(self, e, m=None): return ('pow', e, m)
    def __index__(self): print('index'); return 1
    def __invert__(self): return 'inv'
    def __pos__(self): return 'pos'
    def __abs__(self): return 'abs'
    def __round__(self, n=None): return ('round', n)
    def __divmod__(self, o): return ('dm', o)
    def __complex__(self): return 1j
    def __float__(self): return 2.5
    def __int__(self): return 7
    def __bytes__(self): return b'by'
    def __length_hint__(self): print('hint'); return 3
    def __iter__(self): return iter('ab')
    def __reversed__(self): return 'rev'
    def __missing__(self): pass
m = M()
print(m @ 1, 1 @ m, m ** 2, pow(m, 2, 3), [10, 20][m], 'abc'[m:], hex(m), range(m), ~m, +m)
print(abs(m), round(m), round(m, 2), divmod(m, 2), complex(m), float(m), int(m), bytes(m), list(m), reversed(m), [*m])
