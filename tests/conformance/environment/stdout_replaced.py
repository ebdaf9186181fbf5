import sys, io
class Out:
    def __init__(self): self.parts = []
    def write(self, s): self.parts.append(s); return len(s)
    def flush(self): self.parts.append('<flush>')
real = sys.stdout
o = sys.stdout = Out()
print('a', 'b', end='!\n', flush=True)
print()
sys.stdout = real
print(o.parts)
err = sys.stderr
sys.stderr = e = io.StringIO()
import warnings
warnings.warn('captured')
print('err', file=sys.stderr)
sys.stderr = err
print(e.getvalue().count('captured'))
sys.stdout = None
print('nowhere')
sys.stdout = real
sys.stderr = None
warnings.warn('lost')
sys.stderr = err
class Tee(io.StringIO):
    def write(self, s): real.write(s.upper()); return len(s)
sys.stdout = Tee()
print('teed')
def f(): print('from f')
f()
sys.stdout = real
sys.stderr = o
raise ValueError('goes to Out object')
