"""doc

lines"""
def f(x):
    return [x,
            x + 1]
print(f("é"[0:0] or 1), f.__code__.co_firstlineno)
s = """a
b"""
print(repr(s), repr(__doc__), repr("x\
y"))
import inspect
print(repr(inspect.getsource(f)))
y = (1 +
  "a")
