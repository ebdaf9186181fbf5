import sys
seen = []
on = False
def hook(e, a):
    if on and e in ('compile', 'exec', 'open', 'import', 'sys._getframe', 'code.__new__', 'sys.settrace', 'object.__setattr__', 'object.__getattr__', 'os.listdir', 'marshal.loads', 'sys.setprofile', 'subprocess.Popen', 'os.rename', 'os.mkdir', 'socket.connect', 'sqlite3.connect', 'ctypes.dlopen', 'gc.get_objects', 'gc.get_referrers'):
        seen.append(e)
sys.addaudithook(hook)
on = True
x = [1]
x.append(2)
def f(a): return a
f(1)
class A: pass
a = A(); a.z = f(2)
for i in range(3): f(i)
eval('1')
import math
y = x[0]
on = False
print(seen)
