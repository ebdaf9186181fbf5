x = f'a {b'
