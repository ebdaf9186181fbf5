import inspect
def f(a, b: int = 2, /, c='x', *args: str, d, e: 'E' = None, **kw) -> dict:
    """Doc."""
    return locals()
print(inspect.signature(f), f.__doc__, f.__defaults__, f.__kwdefaults__, f.__annotations__)
print(f(1, d=2), f(1, 2, 3, 4, d=5, z=6, a=7))
print(f.__name__, f.__qualname__, f.__module__, f.__code__.co_varnames, f.__code__.co_argcount, f.__code__.co_kwonlyargcount, f.__code__.co_posonlyargcount, f.__code__.co_flags & 12)
print(f.__code__.co_firstlineno, f.__closure__, f.__dict__, f.__globals__ is globals(), f.__builtins__ is __builtins__.__dict__)
f.attr = 1
print(f.attr, vars(f))
f.__defaults__ = (9, 8)
print(f(1, d=0)['b'])
def mut(x=[]): x.append(len(x)); return x
print(mut(), mut(), mut([]), mut.__defaults__)
def g(): pass
print(g(), g.__code__.co_nlocals, g.__doc__)
def nested():
    def inner(): pass
    class K:
        def m(self): pass
    return inner.__qualname__, K.m.__qualname__, K.__qualname__
print(nested())
g.__code__ = (lambda: 'swapped').__code__
print(g())
def h(a, *, b): "doc" ; return a
print(h.__doc__, inspect.getdoc(h), inspect.getfullargspec(h).kwonlyargs)
