class Evil:
    def __eq__(self, o): print('EQ'); return True
    def __ne__(self, o): print('NE'); return False
    def __hash__(self): print('HASH'); return 1
    def __bool__(self): print('BOOL'); return False
    def __reduce_ex__(self, p): print('REDUCE'); return object.__reduce_ex__(self, p)
    def __copy__(self): print('COPY'); return self
    def __deepcopy__(self, m): print('DEEP'); return self
    def __sizeof__(self): print('SIZEOF'); return 1
    def __dir__(self): print('DIR'); return []
    def __getattribute__(self, k): print('GETATTR', k); return object.__getattribute__(self, k)
    def __repr__(self): print('REPR'); return 'evil'
    def __str__(self): print('STR'); return 'evil'
    def __format__(self, s): print('FORMAT'); return 'evil'
    def __index__(self): print('INDEX'); return 0
    def __array__(self, *a): print('ARRAY')
    def __len__(self): print('LEN'); return 0
    def __iter__(self): print('ITER'); return iter(())
    def __instancecheck__(self, c): print('INST'); return True
a = Evil()
a = Evil()
b = a
c = [a, b]
d = (a, {'k': a})
e = a, b
def f(*args, **kw): return args
r = f(a, b, k=a)
c[0] = Evil()
a.attr = 1
x = y = Evil()
del b
z = Evil
print('done')
print(a.attr)
