# python: >=3.12
# Tools are told of the program's code and instructions, and local events are set on them.
import sys
m = sys.monitoring; E = m.events
m.use_tool_id(3, 'tool')
seen = []
def listener(name):
    def listen(code, *rest):
        if code.co_filename == __file__:
            where = known.get(id(code))
            seen.append((name, where, *(r if isinstance(r, int) else getattr(r, '__name__', type(r).__name__) for r in rest[:2])))
    return listen
known = {}
names = [n for n in dir(E) if n.isupper() and n not in ('NO_EVENTS', 'C_RETURN', 'C_RAISE')]
def f(x):
    l = [x]
    while l:
        l.pop()
    h = lambda: g(*l)
    x += 1 if h() else 2
    try: g(1)[0]
    except TypeError: pass
    return [str(i) for i in (k for k in range(x))]
def g(*l): return len(l)
known[id(f.__code__)] = 'f'; known[id(g.__code__)] = 'g'
callbacks = {n: listener(n) for n in names}
for n in names: print(n, m.register_callback(3, getattr(E, n), callbacks[n]))
LOCAL = E.PY_START | E.PY_RETURN | E.LINE | E.INSTRUCTION | E.JUMP | E.BRANCH | E.CALL | E.STOP_ITERATION
for fn in (f, g):
    m.set_local_events(3, fn.__code__, LOCAL)
    print(m.get_local_events(3, fn.__code__) == LOCAL, m.get_local_events(3, trace.__code__ if 'trace' in globals() else listener.__code__))
f(1)
for fn in (f, g): m.set_local_events(3, fn.__code__, 0)
for n in names: print(m.register_callback(3, getattr(E, n), None) is callbacks[n])
print(len(seen))
for s in seen: print(*s)
seen.clear()
for n in names: m.register_callback(3, getattr(E, n), callbacks[n])
m.set_events(3, E.RAISE | E.PY_UNWIND | E.EXCEPTION_HANDLED | E.PY_YIELD | E.PY_RESUME | E.RERAISE | E.PY_THROW)
f(2)
m.set_events(3, 0)
m.register_callback(3, E.LINE, lambda *a: m.DISABLE)
m.free_tool_id(3)
for s in seen: print(*s)
for bad in ((3, 4, 5, 6), (99, 1, None), (3, 3, None), ('a', 1, None)):
    try: m.register_callback(*bad)
    except Exception as e: print(type(e).__name__, e)
for bad in ((3, 1, 2), (3, f.__code__), (99, f.__code__, 1)):
    try: m.set_local_events(*bad)
    except Exception as e: print(type(e).__name__, e)
