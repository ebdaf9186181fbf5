def ok(x): return x
assert ok(1) and \
    ok(0), f'message {ok("m")}'
