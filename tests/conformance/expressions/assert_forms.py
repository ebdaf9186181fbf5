def m(): print('message built'); return 'msg'
assert True, m()
assert (1, 2)[0]
try:
    assert 0, m()
except AssertionError as e:
    print(repr(e))
try:
    assert [] == [1]
except AssertionError as e:
    print(repr(e), e.args)
try:
    assert None, (1, 2)
except AssertionError as e:
    print(repr(e))
AssertionError = ValueError
try:
    assert 0, 'shadow'
except BaseException as e:
    print(type(e).__name__)
assert (x := 3) > 2, f'{x}'
assert 1 + 1 == 3, f'{x=} and \
continued'
