import pickle, subprocess, sys, os
def f(n): return n * 2
class P:
    x = 4
    def __init__(self): self.y = f(3)
open('p.bin', 'wb').write(pickle.dumps([P(), f, P]))
code = '''
import pickle, sys, runpy
try: pickle.load(open('p.bin', 'rb'))
except AttributeError as e: print(str(e).split(' from')[0])
'''
print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True))
o, g, P2 = pickle.load(open('p.bin', 'rb'))
print(o.y, g is f, P2 is P, g(5))
os.remove('p.bin')
import pickletools
print([a for op, a, _ in pickletools.genops(pickle.dumps(f)) if isinstance(a, str)])
import marshal
print(marshal.loads(marshal.dumps(f.__code__)).co_name, eval(marshal.loads(marshal.dumps(compile('f(4)', 's', 'eval')))))
g = type(f)(marshal.loads(marshal.dumps(f.__code__)), {'n': 9})
print(g(6))
