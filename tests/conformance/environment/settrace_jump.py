# A trace function that jumps, and one that looks where it is.
import sys
def f(out):
    out.append(1)
    out.append(2)
    out.append(3)
    for i in range(2):
        out.append(i + 4)
    return out
def trace(frame, event, arg):
    if frame.f_code is f.__code__:
        if event == 'line' and frame.f_lineno == f.__code__.co_firstlineno + 2:
            frame.f_lineno += 1
        return trace
sys.settrace(trace)
r = f([])
sys.settrace(None)
print(r)
