# What the interpreter has not imported by itself is looked for in this folder first.
import keyword
import reprlib
import sys

print(keyword.MINE, reprlib.MINE)
print(sorted(name for name in ("keyword", "reprlib") if "shadowed" in sys.modules[name].__file__))
try:
    from collections import OrderedDict
except ImportError as error:
    print(str(error).partition(" (")[0])
