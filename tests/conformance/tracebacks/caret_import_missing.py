def f(): import os, not_a_module_zz.sub as q
f()
