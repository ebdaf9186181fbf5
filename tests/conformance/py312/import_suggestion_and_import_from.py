# python: >=3.12
try:
    from os import pathh
except ImportError as e: print(e.name, e.name_from)
import sys
def f():
    import a.b.c as d from e
