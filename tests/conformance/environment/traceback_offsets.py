# A traceback's offsets are those of the plain code, and one made of them prints as it did.
import dis, io, sys, traceback, types
def inner(x):
    l = [x]
    return (l[0].upper() +
            l[0].nothing(len(l)).more)
def outer(*a):
    return [inner(b) for b in a
            if str(b)][0]
try:
    outer('a')
except AttributeError as e:
    error = e
tb, tail = error.__traceback__, []
while tb:
    code = tb.tb_frame.f_code
    print(code.co_name, tb.tb_lasti, tb.tb_lineno, list(code.co_positions())[tb.tb_lasti // 2], tb.tb_frame.f_lasti)
    tail.append(tb)
    tb = tb.tb_next
print(''.join(traceback.format_exception(error)))
out = io.StringIO()
dis.distb(error.__traceback__, file=out)
print([l for l in out.getvalue().splitlines() if '-->' in l])
made = None
for tb in reversed(tail):
    made = types.TracebackType(made, tb.tb_frame, tb.tb_lasti, tb.tb_lineno)
    print(made.tb_lasti == tb.tb_lasti)
print(types.TracebackType(None, tail[0].tb_frame, -1, 1).tb_lasti)
try: types.TracebackType(None, 1, 2, 3)
except TypeError as e: print(e)
raise AttributeError('again').with_traceback(made)
