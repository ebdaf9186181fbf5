def f():
    try:
        1 / 0
    except ZeroDivisionError as e:
        x = e
    raise x
def g():
    try: f()
    except ZeroDivisionError: raise
g()
