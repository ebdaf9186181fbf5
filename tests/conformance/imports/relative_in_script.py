print('before')
try:
    from . import x
except ImportError as e:
    print(e)
try:
    from .json import loads
except ImportError as e:
    print(e)
from .json import loads
