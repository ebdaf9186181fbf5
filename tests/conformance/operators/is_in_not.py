class C:
    def __contains__(self, x): print('contains', x); return 'truthy'
    def __eq__(self, o): raise RuntimeError
c = C()
print(1 in c, 1 not in c, c is c, c is not c)
class I:
    def __iter__(self): print('iter'); return iter([1, 2, 3])
print(2 in I(), 9 in I())
class G:
    def __getitem__(self, i):
        print('getitem', i)
        if i > 2: raise IndexError
        return i * 10
print(10 in G(), 99 in G(), list(G()))
nan = float('nan')
print(nan == nan, nan in [nan], nan is nan, [nan] == [nan])
try:
    1 in 5
except TypeError as e:
    print(e)
print(not 1 == 2, (not 1) == 2, 1 is not None, not None is None)
