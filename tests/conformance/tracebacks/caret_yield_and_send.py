def g():
    x = yield (yield 1) + 1
    raise ValueError(x)
it = g(); next(it)
it.send(5), it.send('bang'), it.send(0)
