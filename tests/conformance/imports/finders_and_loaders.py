import sys, importlib.abc, importlib.machinery, importlib.util
class F(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        print('find', name)
        if name.startswith('virtual'):
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return None
    def exec_module(self, m): exec('v = __name__ * 2\ndef f(): return v', m.__dict__)
print([getattr(x, '__name__', type(x).__name__) for x in sys.meta_path])
sys.meta_path.insert(0, F())
import virtual_mod
print(virtual_mod.f())
from virtual_two import v
print(v)
a = [1]
a.append(2)
def g(x): return x
g(a)
sys.meta_path.pop(0)
try:
    import virtual_three
except ImportError as e:
    print(e)
print(importlib.util.find_spec('nonexistent_zz'))
