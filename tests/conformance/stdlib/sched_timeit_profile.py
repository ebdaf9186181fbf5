import cProfile, pstats, io, timeit, trace, sys
def f(n): return [g(i) for i in range(n)]
def g(i): return len(str(i))
p = cProfile.Profile()
p.enable(); f(3); p.disable()
s = pstats.Stats(p)
print(sorted((k[2], v[0]) for k, v in s.stats.items() if 'disable' not in k[2]))
print(timeit.timeit('n += 1; g(n)', 'n = 0', number=5, globals=globals()) > 0, p is not None)
t = trace.Trace(count=1, trace=0)
t.runfunc(f, 2)
print(sorted((k[1], v) for k, v in t.results().counts.items() if k[0] == __file__))
print(eval('g(5)'), sys.gettrace(), sys.getprofile())
