import sys
print('before')
sys.stdout.flush()
sys.stderr = None
raise ValueError('invisible')
