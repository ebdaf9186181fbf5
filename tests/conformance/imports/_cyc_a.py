print('a start', __name__)
import _cyc_b
A = 1
print('a end', _cyc_b.B)
