def t(n):
    try:
        print('body', n)
        if n == 0: raise ValueError('v')
        if n == 1: raise KeyError('k')
        if n == 2: return 'ret'
        if n == 4: raise SystemExit(3)
    except (ValueError, TypeError) as e:
        print('except', e)
    except KeyError:
        print('key')
        raise
    except BaseException as b:
        return type(b).__name__
    else:
        print('else')
    finally:
        print('finally', n)
    return 'end'
for i in range(5):
    try:
        print(t(i))
    except KeyError as e:
        print('outer', e)
try:
    try:
        1 / 0
    finally:
        print('f', 'e' in globals())
except ZeroDivisionError as e:
    print(e.__context__)
print('e' in globals())
e = 5
try:
    raise ValueError
except ValueError as e:
    pass
try:
    e
except NameError as err:
    print(err)
def dyn():
    print('evaluated')
    return KeyError
try:
    raise ValueError(1)
except dyn(): pass
except ValueError: print('second')
try:
    try:
        raise ValueError
    except 5: pass
except TypeError as x:
    print(x, repr(x.__context__))
try:
    raise 5
except TypeError as x:
    print(x)
try:
    raise
except RuntimeError as x:
    print(x)
try:
    raise ValueError from 5
except TypeError as x:
    print(x)
try:
    raise ValueError
except Exception as x:
    print(x.args)
while 1:
    try:
        break
    finally:
        print('break finally')
for i in [1, 2]:
    try:
        continue
    except Exception: pass
    else: print('no')
    finally: print('c', i)
