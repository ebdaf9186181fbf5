import threading, queue
a, b = queue.Queue(), queue.Queue()
log = []
def worker():
    while (x := a.get()) is not None:
        log.append(('w', x)); b.put(x * 2)
t = threading.Thread(target=worker, name='W'); t.start()
for i in range(4):
    a.put(i); log.append(('m', b.get()))
a.put(None); t.join()
print(log)
cond = threading.Condition(); turn = [0]; seq = []
def player(me):
    for i in range(3):
        with cond:
            cond.wait_for(lambda: turn[0] == me)
            seq.append(f'{me}{i}'); turn[0] = 1 - me; cond.notify_all()
ps = [threading.Thread(target=player, args=(m,)) for m in (0, 1)]
[p.start() for p in ps]; [p.join() for p in ps]
print(seq)
