import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '_shadow'))
for n in ('json', 'ast', 'pickle'):
    sys.modules.pop(n, None)
import json, ast, pickle
print(json.dumps({}), pickle.dumps(1))
def f(): return json.loads('x')
print(f(), [f() for _ in range(2)])
del sys.modules['json'], sys.modules['ast'], sys.modules['pickle']
sys.modules['json'] = None
try:
    import json
except ModuleNotFoundError as e:
    print(e)
print(len([1]))
