import inspect, linecache
def deco(f): return f
@deco
def f(a, b=1):
    # comment
    return (a +
            b)
class A:
    """Doc"""
    @property
    def p(self): return 1
    class In: x = 1
lam = lambda q: q + 1; other = 2
print(inspect.getsource(f), inspect.getsource(A), inspect.getsource(A.In), inspect.getsource(lam), inspect.getsourcelines(A.p.fget))
print(inspect.getcomments(f), inspect.getfile(f) == __file__, inspect.getsourcefile(A) == __file__, inspect.getmodule(f).__name__)
fi = inspect.stack()[0]
print(fi.lineno, fi.function, fi.code_context, fi.index)
def g():
    s = inspect.stack()
    return [(x.function, x.lineno, x.code_context[0].strip()) for x in s]
print(g())
print([g(),
       g()][1])
print(inspect.getframeinfo(inspect.currentframe()).positions.col_offset if hasattr(inspect.getframeinfo(inspect.currentframe()), 'positions') else '')
print(inspect.isfunction(f), inspect.ismethod(A().__init__), inspect.isbuiltin(len), inspect.signature(A), inspect.getclosurevars(g).globals.keys(), inspect.getmembers(A, inspect.isclass)[0][0])
print(linecache.getline(__file__, 3), end='')
print(inspect.getsource(inspect.getmodule(f))[:20])
print(list(inspect.signature(lam).parameters), f.__code__.co_filename == __file__, list(f.__code__.co_lines())[-1][2], f.__code__.co_firstlineno)
