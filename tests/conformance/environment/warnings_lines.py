import warnings
def f(): warnings.warn('in f')
def g(): warnings.warn('caller', stacklevel=2)
def h(): g()
f()
f()
g()
h()
for i in range(2): g()
warnings.warn('dep', DeprecationWarning)
warnings.warn(
    'multi'
    'line', UserWarning)
class W(UserWarning): pass
warnings.warn(W('custom'), stacklevel=1)
warnings.warn('too deep', stacklevel=50)
with warnings.catch_warnings(record=True) as rec:
    warnings.simplefilter('always')
    warnings.warn('rec'); f(); g()
print([(str(w.message), w.lineno, w.filename == __file__) for w in rec])
print(sorted(k[0] if isinstance(k, tuple) else k for k in map(str, __warningregistry__))[:3], '__warningregistry__' in globals())
warnings.warn_explicit('exp', UserWarning, 'other.py', 77)
warnings.simplefilter('error')
try: f()
except UserWarning as e: print('raised', e)
(lambda: warnings.warn('in lambda'))()
