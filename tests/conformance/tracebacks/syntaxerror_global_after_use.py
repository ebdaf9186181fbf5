print('must not run')
def f():
    x = 1
    global x
