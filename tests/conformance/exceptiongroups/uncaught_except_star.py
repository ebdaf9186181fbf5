try:
    raise ExceptionGroup('eg', [ValueError(1), TypeError(2), OSError(3)])
except* ValueError as e:
    print('handled', e.exceptions)
except* TypeError as e:
    raise LookupError('new') from e
