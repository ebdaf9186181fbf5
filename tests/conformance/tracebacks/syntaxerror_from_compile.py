compile('x = 1\nif x\n    y\n', 'somefile.py', 'exec')
