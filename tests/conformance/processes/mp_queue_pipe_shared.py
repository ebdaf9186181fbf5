import multiprocessing as mp
ctx = mp.get_context('fork')
def w(conn, val, lock, q):
    conn.send(conn.recv() + 1)
    with lock: val.value += 5
    for i in range(3): q.put(i)
    conn.close()
a, b = ctx.Pipe(); v = ctx.Value('i', 1); q = ctx.Queue()
p = ctx.Process(target=w, args=(b, v, ctx.Lock(), q), daemon=True)
p.start(); a.send(41); print(a.recv(), [q.get() for _ in range(3)]); p.join(); print(v.value, p.exitcode)
class Sub(ctx.Process):
    def run(self): print('sub run', self.name, flush=True)
s = Sub(name='S'); s.start(); s.join()
