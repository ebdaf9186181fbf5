import _lazy
print(_lazy.magic, dir(_lazy))
try:
    _lazy.other
except AttributeError as e:
    print(e)
from _lazy import magic
print(magic)
try:
    from _lazy import absent
except ImportError as e:
    print(str(e).split('(')[0])
import _replaces
print(_replaces.answer, _replaces())
