# files: o.txt
from contextlib import *
import io
@contextmanager
def cm(n):
    print('in', n)
    try:
        yield n * 2
    except ValueError as e:
        print('got', e)
    finally:
        print('out', n)
with cm(1) as x: print(x)
with cm(2): raise ValueError('v')
try:
    with cm(3): raise KeyError('k')
except KeyError as e: print(repr(e))
with ExitStack() as st:
    vals = [st.enter_context(cm(i)) for i in range(3)]
    st.callback(print, 'cb', sep='-')
    print(vals)
buf = io.StringIO()
with redirect_stdout(buf): print('hidden')
print(repr(buf.getvalue()))
with suppress(ZeroDivisionError): 1 / 0
@cm('deco')
def f(): print('body'); return 1
print(f(), f())
with closing(io.StringIO('x')) as c: print(c.read())
print(c.closed)
with nullcontext(5) as n: print(n)
@contextmanager
def noyield():
    return
    yield
try:
    with noyield(): pass
except RuntimeError as e: print(e)
@contextmanager
def twice():
    yield 1
    yield 2
try:
    with twice(): pass
except RuntimeError as e: print(e)
try:
    with cm(9) as q:
        raise StopIteration('si')
except StopIteration as e: print(repr(e))
with open('o.txt', 'w') as fh, redirect_stdout(fh): print('to file')
print(open('o.txt').read(), end='')
