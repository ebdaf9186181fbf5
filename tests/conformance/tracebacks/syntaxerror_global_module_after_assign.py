print('must not run')
x = 1
y = x
global x
