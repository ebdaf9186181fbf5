import multiprocessing as mp, os, sys
def bad(n):
    def inner(): return 1 / n
    return inner()
if __name__ == '__main__':
    p = mp.get_context('spawn').Process(target=bad, args=(0,), name='Sp')
    p.start(); p.join()
    print(p.exitcode)
