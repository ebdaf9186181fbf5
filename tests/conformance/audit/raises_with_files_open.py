# files: a.txt
import types

import _leaky

box = types.SimpleNamespace()
try:
    _leaky.fails("a.txt", box)
except KeyError as error:
    print("raised", error)
box.file.write("alpha")
box.file.close()
box.nameless.close()
print(open("a.txt").read())
_leaky.fails("a.txt", box)
