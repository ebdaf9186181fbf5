print('__annotations__' in globals(), __annotations__)
del __annotations__
try:
    x: int = 1
    print(x)
except NameError as e:
    print(e)
print(globals().get('__annotations__'))
