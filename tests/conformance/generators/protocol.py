def g():
    print('start')
    try:
        x = yield 1
        print('got', x)
        while True:
            try:
                y = yield x
                print('y', y)
            except ValueError as e:
                print('caught', e)
                yield 'from except'
    except GeneratorExit:
        print('exit')
        raise
    finally:
        print('finally')
it = g()
print(next(it), it.send('A'), it.send('B'), it.throw(ValueError('V')), next(it))
it.close()
it.close()
try:
    next(it)
except StopIteration as e:
    print('stop', e.value)
it = g()
try:
    it.send(1)
except TypeError as e:
    print(e)
try:
    it.throw(KeyError('early'))
except KeyError as e:
    print('early', e)
def ret():
    yield
    return 'value'
r = ret(); next(r)
try:
    next(r)
except StopIteration as e:
    print(e.value)
def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
s = stubborn(); next(s)
try:
    s.close()
except RuntimeError as e:
    print(e)
def reent():
    yield next(me)
me = reent()
try:
    next(me)
except ValueError as e:
    print(e)
def si():
    yield 1
    raise StopIteration('inside')
try:
    list(si())
except RuntimeError as e:
    print(e, repr(e.__cause__))
import inspect
k = ret()
print(inspect.getgeneratorstate(k), k.gi_running, k.gi_yieldfrom, k.gi_frame.f_lineno, k.__name__)
next(k); print(inspect.getgeneratorstate(k), k.gi_frame.f_lineno, inspect.getgeneratorlocals(k)); k.close(); print(inspect.getgeneratorstate(k), k.gi_frame)
