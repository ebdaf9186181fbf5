import multiprocessing as mp
def bad(n):
    print('in child', flush=True)
    raise ValueError(n)
p = mp.get_context('fork').Process(target=bad, args=(7,), name='Fk')
p.start(); p.join()
print(p.exitcode)
with mp.get_context('fork').Pool(1) as pool:
    try: pool.apply(bad, (8,))
    except ValueError as e: print(repr(e), type(e.__cause__).__name__, 'in bad' in str(e.__cause__))
