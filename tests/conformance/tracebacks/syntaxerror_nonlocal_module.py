print('must not run')
nonlocal x
