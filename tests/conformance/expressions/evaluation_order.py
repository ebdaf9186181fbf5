def t(x, r=None):
    print('eval', x)
    return r if r is not None else (lambda *a, **k: (a, sorted(k)))
class K:
    def __getattr__(self, n): print('attr', n); return self
    def __getitem__(self, n): print('item', n); return self
    def __call__(self, *a, **k): print('call', a, k); return self
    def __add__(self, o): print('add', o); return self
    def __radd__(self, o): print('radd', o); return self
    def __neg__(self): print('neg'); return self
k = K()
print(t('f')(t('a', 1), *t('b', [2]), c=t('c', 3), **t('d', {'e': 4})))
_ = k.a[t('i', 0)].b(t('x', 1), y=t('y', 2)).c[t('s', 1):t('e', 2):t('st', 3)]
_ = t('left', 1) + k
_ = k + t('right', 2) * t('mul', 3)
print({t('k1', 1): t('v1', 2), **t('kw', {3: 4}), t('k2', 5): t('v2', 6)})
print([t(1, 1), *t(2, [2]), t(3, 3)], (t(4, 4), *t(5, (5,))), len({t(6, 6), *t(7, [7])}))
_ = -k.q(-t('n', 1))
print(t('body', 'B') if t('cond', []) else t('else', 'E'))
print(f"{t('f1', 1)}-{t('f2', 2):{t('w', 5)}}")
d = {}
d[t('key', 'a')] = t('val', 1)
t('obj', k).attr
(lambda a=t('default', 1): t('body'))
assert t('assert', 1), t('never', 1)
print(t('g')(t(1, 'one'), t('h')(t(2, 'two'))))
