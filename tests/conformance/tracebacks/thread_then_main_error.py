import threading
def w(n):
    x = [n]
    return x[n]
t = threading.Thread(target=w, args=(3,), name='worker-x')
t.start(); t.join()
print('main goes on')
w(2)
