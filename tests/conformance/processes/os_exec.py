import os, sys
print('before', flush=True)
x = [1]; x.append(2)
os.execv(sys.executable, [sys.executable, '-c', 'import sys; print("new image", sys.argv[1:]); sys.exit(6)', 'a'])
