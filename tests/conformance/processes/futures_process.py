from concurrent.futures import ProcessPoolExecutor, as_completed
import multiprocessing as mp
def sq(n): return n * n
def bad(n): raise KeyError(n)
class P:
    def m(self, x): return x + 1
if __name__ == '__main__':
    with ProcessPoolExecutor(2, mp_context=mp.get_context('fork')) as ex:
        print(list(ex.map(sq, range(5))), ex.submit(P().m, 1).result())
        try: ex.submit(bad, 3).result()
        except KeyError as e: print(repr(e), 'in bad' in str(e.__cause__))
        try: ex.submit(lambda: 1).result()
        except Exception as e: print(type(e).__name__)
