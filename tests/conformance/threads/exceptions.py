import threading, sys
def bad(n):
    d = {'n': n}
    return d['x'][n]
t = threading.Thread(target=bad, args=(1,)); t.start(); t.join()
class T(threading.Thread):
    def run(self): raise SystemExit(4)
t = T(); t.start(); t.join()
def hook(a): print('hook', a.exc_type.__name__, a.exc_value, a.thread.name)
threading.excepthook = hook
t = threading.Thread(target=bad, args=(2,), name='named'); t.start(); t.join()
import _thread
l = threading.Lock(); l.acquire()
def raw(): l.release()
_thread.start_new_thread(raw, ()); l.acquire()
print(threading.active_count())
