def f(eg):
    try:
        raise eg
    except* ValueError as e:
        print('V', e.exceptions, e.message)
    except* (TypeError, KeyError) as e:
        print('TK', e.exceptions)
    else:
        print('else')
    finally:
        print('fin')
f(ExceptionGroup('g', [ValueError(1), TypeError(2), ExceptionGroup('n', [KeyError(3), ValueError(4)])]))
f(ValueError('naked'))
try:
    f(ExceptionGroup('g', [OSError(1), ValueError(2)]))
except* OSError as e:
    print('outer', e.exceptions)
try:
    try:
        raise ExceptionGroup('a', [ValueError(1), KeyError(2)])
    except* ValueError:
        raise RuntimeError('from handler')
except ExceptionGroup as e:
    print(repr(e), repr(e.exceptions[0].__context__))
eg = ExceptionGroup('x', [ValueError(1), TypeError(2)])
print(eg.split(ValueError), eg.subgroup(lambda e: isinstance(e, TypeError)), eg.derive([KeyError()]))
try:
    ExceptionGroup('e', [])
except ValueError as e: print(e)
try:
    ExceptionGroup('e', [KeyboardInterrupt()])
except TypeError as e: print(e)
print(type(BaseExceptionGroup('e', [ValueError()])).__name__)
try:
    try: raise ValueError
    except* ExceptionGroup: pass
except TypeError as e: print(e)
def g():
    for i in range(2):
        try:
            raise ExceptionGroup('l', [ValueError(i)])
        except* ValueError as e:
            x = e
    return 'e' in locals(), x.exceptions
print(g())
