import os, atexit
atexit.register(print, 'never run')
print('lost in the buffer')
os.write(1, b'direct\n')
os._exit(7)
