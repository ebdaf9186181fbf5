import threading, time
def late():
    time.sleep(0.1)
    x = []
    x.append(data[0] + 1)
    print('late thread', x, threading.main_thread().is_alive(), __name__)
data = [41]
threading.Thread(target=late).start()
import atexit
atexit.register(print, 'atexit after threads')
print('main done')
