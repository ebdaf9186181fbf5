e = SyntaxError('by hand', ('made_up.py', 3, 5, 'some text here\n', 3, 8))
raise e
