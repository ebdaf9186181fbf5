class M:
    def __setitem__(self, k, v): print('set', k, v)
    def __getitem__(self, k): print('get', k); return k
    def __delitem__(self, k): print('del', k)
    def __contains__(self, k): print('in', k); return True
    def __len__(self): raise RuntimeError('len must not be called')
    def __iter__(self): raise RuntimeError('iter must not be called')
    def __eq__(self, o): raise RuntimeError('eq must not be called')
    __hash__ = None
    def __bool__(self): raise RuntimeError('bool must not be called')
    def __repr__(self): raise RuntimeError('repr must not be called')
m = M()
m[1] = 2
m[1:2] = 3
m[1:2, ..., ::3] = 4
m[()] = 5
m[*[1, 2], 3] = 6
m[lambda: 0 and 1] if False else None
print(m[1, 2:3, :])
del m[0], m[1:], m[:, 1]
print(4 in m)
m['a'] += 'b'
m2 = m
m3 = [m, m]
m3[0] = m
print(m2 is m)
