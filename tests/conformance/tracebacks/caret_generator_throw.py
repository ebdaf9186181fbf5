def g():
    try:
        yield 1
    except ValueError as e:
        raise KeyError('converted') from e
it = g()
next(it)
it.throw(ValueError('thrown'))
