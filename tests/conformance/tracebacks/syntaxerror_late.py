import sys
print('must not run')
sys.stdout.flush()
def f():
    return 1
class A:
    def m(self):
        x = (1,
             2
    def n(self): pass
