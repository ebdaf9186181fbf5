print('must not run')
x: int = 1
global x
