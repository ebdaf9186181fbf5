print(dir())
print(list(globals()))
x = 1
def f(): pass
print(list(globals())[-2:])
for i in range(1): y = 2
print([k for k in dir() if not k.startswith('__')])
print(list(vars())[-1], len(vars()) == len(globals()))
import builtins
print(sorted(k for k in vars(builtins) if k.lower() != k and 'Error' not in k and 'Warning' not in k))
print([k for k in vars(builtins) if 'clew' in k or 'hook' in k], '_' in vars(builtins))
import sys
print(sorted(k for k in sys.modules if k == '__main__' or k == '__mp_main__'))
