# A finalizer that asks where a frame is while that is being found out.
import gc, sys
class C:
    def __del__(self):
        print('del', frame.f_lasti > 0)
def f():
    return sys._getframe()
frame = f()
c = C(); c.c = c
del c
gc.set_threshold(1)
print(frame.f_lasti, frame.f_code is f.__code__)
gc.set_threshold(700)
gc.collect()
