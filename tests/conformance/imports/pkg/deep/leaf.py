from ..sub import thing
from .. import sub
LEAF = thing + '!'
