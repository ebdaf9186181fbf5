def f():
    return {
        'a': 1,
        'b': [g(i)
              for i in range(3)],
    }
def g(i):
    return 1 // (i - 1)
f()
