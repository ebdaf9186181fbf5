import multiprocessing as mp, os, sys
STATE = ['parent']
def work(n):
    STATE.append(n)
    return n * n, __name__, len(STATE), mp.current_process().name.split('-')[0]
def child(q, x):
    q.put(('child', x, __name__, os.getppid() == PARENT))
PARENT = os.getpid()
if __name__ == '__main__':
    ctx = mp.get_context('fork')
    with ctx.Pool(2) as p:
        print([r[:2] for r in p.map(work, range(4))])
        print(p.apply(lambda_free := sum, ([1, 2],)))
    q = ctx.SimpleQueue()
    pr = ctx.Process(target=child, args=(q, {'k': 1}))
    pr.start(); print(q.get()); pr.join(); print(pr.exitcode, STATE)
    pr = ctx.Process(target=sys.exit, args=(3,)); pr.start(); pr.join(); print(pr.exitcode)
