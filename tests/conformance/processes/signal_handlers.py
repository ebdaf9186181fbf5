import signal, sys
got = []
def h(sig, frame): got.append((signal.Signals(sig).name, frame.f_code.co_name))
old = signal.signal(signal.SIGUSR1, h)
print(old)
def f():
    signal.raise_signal(signal.SIGUSR1)
    return len(got)
print(f())
signal.raise_signal(signal.SIGUSR1)
print(got)
class T(Exception): pass
def alarm(s, f): raise T('alarm')
signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.05)
def spin():
    while True: [].append(1)
try: spin()
except T as e:
    t = e.__traceback__
    names = []
    while t: names.append(t.tb_frame.f_code.co_name); t = t.tb_next
    print(names)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try: signal.pause()
except T: print('pause interrupted')
signal.signal(signal.SIGINT, h)
signal.raise_signal(signal.SIGINT)
print(got[-1])
signal.signal(signal.SIGTERM, lambda s, f: sys.exit(12))
signal.raise_signal(signal.SIGTERM)
