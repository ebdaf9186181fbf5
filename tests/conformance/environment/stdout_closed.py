import sys
print('x')
sys.stdout.close()
x = [1]
x.append(2)
print('y')
