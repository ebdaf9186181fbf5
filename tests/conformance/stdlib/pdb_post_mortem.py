# stdin: w\np x\nup\np y\nq\n
import pdb, sys
def inner(x): return 1 / x
def outer(y): return inner(y - 1)
try: outer(1)
except ZeroDivisionError: pdb.post_mortem()
print('end')
