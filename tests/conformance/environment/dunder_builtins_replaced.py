import builtins
B = __builtins__
__builtins__ = {'print': print, '__build_class__': B.__build_class__, '__name__': 'fake'}
print(len([1]))
x = [1]
print(sorted(x, key=abs))
def f():
    return len([1])
try:
    f()
except Exception as e:
    print(e)
del __builtins__
print('__builtins__' in globals())
y = 1
print('__builtins__' in globals())
def g(): return len([1, 2])
print(g())
print('__builtins__' in globals())
