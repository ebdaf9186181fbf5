import signal
def key(x):
    if x == 2: signal.raise_signal(signal.SIGINT)
    return x
sorted([1, 2, 3], key=key)
