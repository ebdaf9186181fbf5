import multiprocessing as mp
print('top level runs in', __name__)
X = 5
def work(n): return n * X, __name__
class Task:
    def __init__(self, v): self.v = v
    def __call__(self, n): return self.v + n
if __name__ == '__main__':
    ctx = mp.get_context('spawn')
    import sys
    sys.stdout.flush()
    X = 6
    with ctx.Pool(1) as p:
        print(p.map(work, [1, 2]), p.apply(Task(10), (1,)))
        p.close()
        p.join()
