def f():
    e = ValueError('with notes')
    e.add_note('note one')
    e.add_note('note\ntwo lines')
    e.__notes__.append(5)
    raise e
try: f()
except ValueError as e:
    e.add_note('added later')
    raise
