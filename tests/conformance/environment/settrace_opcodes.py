# A trace function that wants every instruction hears of the program's alone.
import sys
events = []
def trace(frame, event, arg):
    if frame.f_code.co_filename != __file__: return None
    frame.f_trace_opcodes = True
    events.append((frame.f_code.co_name, event, frame.f_lasti, frame.f_lineno))
    return trace
class C:
    n = 0
    def m(self, *a, **k): self.n += len(a); return self
def gen(n):
    for i in range(n):
        yield i
def f(x, *y):
    """Doc."""
    x += 1
    c = C().m(1, 2,
              *y)
    c.n += x; c.m(k=1)
    s = [str(k) for k in gen(x) if k in (1, 2)]
    while s:
        s.pop()
    try:
        with open(__file__) as file:
            g = (lambda v, w=3:
                 -v + w)(2)
        raise ValueError(g)
    except ValueError as error:
        print(error)
    finally:
        del s, c.n
    for _ in (
        q for q in [*range(2)]
    ):
        pass
    return {
        a: b for a, b in {x: y}.items()}
sys.settrace(trace)
f(1, 2)
sys.settrace(None)
print(sys.gettrace())
for e in events: print(*e)
