import pkg.sub
import pkg.deep.leaf as leaf
from pkg import renamed, sub as s
from pkg.deep import up
print(pkg.sub is s is up, renamed, leaf.LEAF, pkg.here(), pkg.sub.call(lambda a: a + 1, 4))
pkg.sub.thing = 'changed'
print(s.thing, renamed)
pkg.new_attr = 1
del pkg.new_attr
print(hasattr(pkg, 'new_attr'), pkg.__name__, pkg.__spec__.name, pkg.__path__.__class__.__name__)
try:
    pkg.sub.call(pkg.sub.fail)
except LookupError as e:
    print(e)
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno); tb = tb.tb_next
