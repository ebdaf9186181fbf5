import os, sys, atexit
atexit.register(print, 'atexit', flush=True)
print('before, buffered once')
sys.stdout.flush()
x = [1]
pid = os.fork()
if pid == 0:
    x.append('child')
    def f(): return x
    print('child', f())
    sys.exit(3)
_, st = os.waitpid(pid, 0)
print('parent', x, os.waitstatus_to_exitcode(st))
pid = os.fork()
if not pid:
    print('lost')
    os._exit(4)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
