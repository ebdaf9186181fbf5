import threading, sys, os
def w():
    print('worker')
    sys.exit('ignored in thread')
t = threading.Thread(target=w); t.start(); t.join()
def killer():
    sys.stdout.flush()
    os._exit(11)
t = threading.Thread(target=killer); t.start(); t.join()
print('never')
