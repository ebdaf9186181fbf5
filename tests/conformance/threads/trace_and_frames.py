import threading, sys
names = []
def stack():
    f, out = sys._getframe(), []
    while f: out.append(f.f_code.co_name); f = f.f_back
    names.append(out)
def g(): stack()
t = threading.Thread(target=g); t.start(); t.join()
print(names)
ev = []
def tr(f, e, a):
    if f.f_code.co_filename == __file__: ev.append((e, f.f_code.co_name, f.f_lineno))
    return tr
threading.settrace(tr)
def h():
    x = [1]
    x.append(2)
    return x
t = threading.Thread(target=h); t.start(); t.join()
threading.settrace(None)
print(ev)
print(threading.stack_size(), sys.gettrace())
