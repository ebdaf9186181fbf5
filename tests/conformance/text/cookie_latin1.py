# -*- coding: latin-1 -*-
s = "café ñ"
print(s, len(s), ascii(s))
def größe(ä): return ä + 1
print(größe(1))
import inspect
print(inspect.getsource(größe))
y = [größe(2), ValueError(f"é {s}"), größe("ü")]
