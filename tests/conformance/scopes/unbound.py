x = 1
def f():
    try: print(x)
    except UnboundLocalError as e: print(e)
    x = 2
f()
def g():
    if False: y = 1
    try: y
    except UnboundLocalError as e: print(e)
g()
def h():
    for i in []: pass
    try: i
    except UnboundLocalError as e: print(e)
h()
class A:
    x = x
    print(x)
    def m(self): return x
print(A().m())
try:
    class B:
        print(undefd)
        undefd = 1
except NameError as e: print(e)
def k():
    try: len
    except UnboundLocalError as e: print(e)
    len = 1
k()
def d(a=x): return a
x = 5
print(d())
def inner_import():
    try: os
    except UnboundLocalError as e: print(e)
    import os
inner_import()
def w():
    try: (lambda: v)()
    except NameError as e: print(e)
    v = 1
w()
def c():
    return [n for n in range(2)] and 'n' in locals()
print(c())
def p():
    print(q)
q = 'later'
p()
