def f():
    def g():
        nonlocal nope
