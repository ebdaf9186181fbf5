print('b start')
import _cyc_a
print('b sees A', hasattr(_cyc_a, 'A'))
B = 2
