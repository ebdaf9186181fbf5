import os, sys
def child():
    raise KeyError('in child')
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    child()
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
