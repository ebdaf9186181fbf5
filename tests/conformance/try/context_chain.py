import sys
def a():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError('second') from e
try:
    a()
except ValueError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__, e.__cause__ is e.__context__)
try:
    try:
        raise KeyError(1)
    except KeyError:
        raise TypeError(2) from None
except TypeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
print(sys.exc_info())
try:
    raise OSError('x')
except OSError as e:
    print(sys.exc_info()[1] is e, sys.exception() is e)
    def inner():
        return sys.exc_info()[1] is e
    try:
        raise KeyError
    except KeyError:
        print(sys.exc_info()[0].__name__)
    print(sys.exc_info()[0].__name__, [sys.exception() is e for _ in 'a'], (lambda: sys.exception() is not None)())
print(sys.exc_info()[0])
def gen():
    try:
        yield sys.exc_info()[0]
    except GeneratorExit:
        print('closed')
        raise
g = gen()
try:
    raise ValueError
except ValueError:
    print(next(g))
g.close()
try:
    raise ValueError('orig').with_traceback(None)
except ValueError as e:
    e.add_note('n1')
    e.add_note('n2')
    print(e.__notes__, e.__traceback__.tb_lineno)
    keep = e
try:
    raise keep
except ValueError as again:
    n, tb = 0, again.__traceback__
    lines = []
    while tb: lines.append(tb.tb_lineno); tb = tb.tb_next
    print(again is keep, lines)
