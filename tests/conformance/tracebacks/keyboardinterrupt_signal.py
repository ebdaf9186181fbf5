import signal
def f():
    signal.raise_signal(signal.SIGINT)
try: f()
except KeyboardInterrupt: print('caught')
f()
print('never')
