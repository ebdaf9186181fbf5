import os, sys
print('buffered 1')
os.write(1, b'direct 1\n')
x = [1]
x.append(2)
def f(): return 1
f()
sys.stderr.write('err no newline')
print('buffered 2')
os.write(1, b'direct 2\n')
sys.stdout.flush()
print('buffered 3')
sys.stdout.buffer.write(b'raw\n')
os.write(1, b'direct 3\n')
os.write(2, b'\nfd2\n')
