import os
print('printed twice')
pid = os.fork()
if pid: os.waitpid(pid, 0)
print('end')
