def f():
    from os import (path,
        not_there)
f()
