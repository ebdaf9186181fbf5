class Meta(type):
    @classmethod
    def __prepare__(m, name, bases, **k):
        print('prepare', name, k)
        class NS(dict):
            def __setitem__(s, key, v):
                print('ns set', key)
                super().__setitem__(key, v)
            def __getitem__(s, key):
                if not key.startswith('__'): print('ns get', key)
                return super().__getitem__(key)
            def __delitem__(s, key):
                print('ns del', key); super().__delitem__(key)
        return NS()
    def __new__(m, name, bases, ns, **k):
        print('new', name, sorted(x for x in ns if x[0] != '_'), k)
        return super().__new__(m, name, bases, dict(ns))
    def __init__(c, name, bases, ns, **k): print('init', k)
    def __call__(c, *a, **k):
        print('call', a, k)
        return super().__call__(*a, **k)
    def __getattribute__(c, n): print('meta getattribute', n); return super().__getattribute__(n)
    def __instancecheck__(c, o): print('instancecheck'); return True
    def __setattr__(c, n, v): print('meta setattr', n); super().__setattr__(n, v)
    def __iter__(c): return iter('meta')
    def __len__(c): print('LEN'); return 0
    def __bool__(c): print('BOOL'); return False
    def __eq__(c, o): print('EQ'); return NotImplemented
    __hash__ = type.__hash__
class A(metaclass=Meta, opt=1):
    x = 1
    y = x + 1
    del x
    def m(self): return 'm'
    for i in range(2): z = i
a = A()
A.q = 3
print(isinstance(3, A), list(A), a.m(), A.q)
b = A
c = [A, b]
