import sys
sys.path.clear()
sys.path_importer_cache.clear()
x = [1]; x.append(2)
def f(): return x
print(f())
sys.meta_path.clear()
print(f(), len(sys.meta_path))
try: import zipapp
except ImportError as e: print(type(e).__name__)
for k in list(sys.modules):
    if k not in ('sys', 'builtins', '__main__', 'encodings', 'codecs', 'io', '_io', '_imp', '_frozen_importlib', '_frozen_importlib_external', 'encodings.utf_8', 'encodings.aliases'): sys.modules.pop(k)
y = f()
y.append(3)
print(y)
