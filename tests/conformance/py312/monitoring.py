# python: >=3.12
import sys
m = sys.monitoring
print([m.get_tool(i) for i in range(6)])
m.use_tool_id(2, 'mine')
ev = []
E = m.events
for e in ('PY_START', 'PY_RETURN', 'CALL', 'C_RETURN', 'RAISE', 'LINE'):
    if e == 'C_RETURN': continue
    m.register_callback(2, getattr(E, e), lambda *a, e=e: ev.append((e, a[0].co_name, getattr(a[2], '__name__', '') if e == 'CALL' else a[1] if e == 'LINE' else '')))
def f(x):
    l = [x]
    l.append(len(l))
    return g(l)
def g(l): return l[0]
for fn in (f, g): m.set_local_events(2, fn.__code__, E.PY_START | E.PY_RETURN | E.CALL | E.LINE)
f(1)
m.set_local_events(2, f.__code__, 0); m.set_local_events(2, g.__code__, 0)
m.free_tool_id(2)
for e in ev: print(*e)
