print('x')
None = 1
