import threading
from concurrent.futures import ThreadPoolExecutor
n = 0
lock = threading.Lock()
loc = threading.local()
loc.v = 'main'
def add(k):
    global n
    for _ in range(200):
        with lock: n += 1
    loc.v = k
    return loc.v
ts = [threading.Thread(target=add, args=(i,)) for i in range(5)]
[t.start() for t in ts]; [t.join() for t in ts]
print(n, loc.v)
with ThreadPoolExecutor(4) as ex:
    print(list(ex.map(add, range(4))), n)
    f = ex.submit(lambda: 1 / 0)
    print(type(f.exception()).__name__)
    f.add_done_callback(lambda f: print('cb', f.done()))
def rec(d): return d and rec(d - 1)
ts = [threading.Thread(target=rec, args=(500,)) for _ in range(3)]
[t.start() for t in ts]; [t.join() for t in ts]
b = threading.Barrier(3); out = []
def w(i): out.append(b.wait() < 3)
ts = [threading.Thread(target=w, args=(i,)) for i in range(2)]
[t.start() for t in ts]; w(2); [t.join() for t in ts]
print(out)
tm = threading.Timer(0.01, print, ['timer']); tm.start(); tm.join()
