import signal
def handler(s, frame):
    raise TimeoutError('too slow')
signal.signal(signal.SIGALRM, handler)
def g(x):
    signal.raise_signal(signal.SIGALRM)
    return x
print(g(g))
