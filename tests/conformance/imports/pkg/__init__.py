print('pkg init', __name__, __package__)
from . import sub
from .sub import thing as renamed
from .deep.leaf import LEAF
def here(): return __name__
