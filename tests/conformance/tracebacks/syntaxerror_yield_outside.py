print('must not run')
yield 1
