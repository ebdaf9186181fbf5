def f(n):
    raise ValueError(n)
def collect():
    errs = []
    for i in range(2):
        try:
            f(i)
        except ValueError as e:
            e.add_note(f'note {i}')
            errs.append(e)
    try:
        raise ExceptionGroup('inner', [KeyError('k'), OSError(2, 'm')])
    except ExceptionGroup as e:
        errs.append(e)
    raise ExceptionGroup(
        'outer', errs)
collect()
