import sys, traceback
def g():
    f = sys._getframe()
    yield f.f_code.co_name, f.f_lineno, f.f_back.f_code.co_name, f.f_back.f_lineno
    yield f.f_back.f_code.co_name, f.f_back.f_lineno
def caller(it): return next(it)
it = g()
print(next(it))
print(caller(
    it))
def boom():
    yield 1
    raise ValueError('gen')
def drive():
    for x in boom():
        print(x)
try:
    drive()
except ValueError as e:
    print([(f.name, f.lineno) for f in traceback.extract_tb(e.__traceback__)])
def d():
    yield from boom()
list(d())
