from concurrent.futures import ProcessPoolExecutor
import multiprocessing as mp
def sq(n): return n * n, __name__
def init(v):
    global INIT
    INIT = v
def get(): return INIT
if __name__ == '__main__':
    with ProcessPoolExecutor(1, mp_context=mp.get_context('spawn'), initializer=init, initargs=(4,)) as ex:
        print(list(ex.map(sq, range(2))), ex.submit(get).result())
