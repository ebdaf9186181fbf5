y = 1
x = f'a {y +} b'
