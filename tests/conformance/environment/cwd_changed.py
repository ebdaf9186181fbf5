# files: d/inner.txt
import os
os.mkdir('d')
os.chdir('d')
open('inner.txt', 'w').write('x')
def f(): return os.path.basename(os.getcwd())
print(f(), os.listdir())
def g():
    raise RuntimeError('source must still be found')
g()
