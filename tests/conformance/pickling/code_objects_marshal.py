import marshal, types
def f(a, b=2):
    l = [a]
    l.append(b)
    l[0] += 1
    return sum(l) + len([x for x in l])
class K:
    def m(self): return super().__repr__.__name__
c = f.__code__
g = types.FunctionType(c, globals(), 'g', (5,))
print(g(1), f(1))
d = marshal.dumps(c)
h = types.FunctionType(marshal.loads(d), {'sum': sum, 'len': len, '__builtins__': {}}, 'h')
print(h(1, 1))
r = c.replace(co_name='renamed')
print(r.co_name, types.FunctionType(r, globals())(1, 1), c == c.replace(), c.co_consts[0])
print(all(isinstance(k, (int, str, tuple, type(None), types.CodeType)) for k in c.co_consts), [type(k).__name__ for k in K.m.__code__.co_consts])
marshal.dumps(__import__('sys')._getframe().f_code) and print('module code marshals')
import copy
print(copy.deepcopy(f) is f)
