import os, subprocess, sys
code = 'import sys\nfor i in range(100000): print(i)'
p = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.stdout.readline(); p.stdout.close()
print(b'BrokenPipeError' in p.stderr.read(), p.wait())
r, w = os.pipe()
os.close(r)
try: os.write(w, b'x')
except BrokenPipeError as e: print(e.errno)
os.dup2(w, 1)
x = [1]; x.append(2)
print('to a broken pipe')
