xs = sorted([(1, 'a'), (2, None)], key=lambda p: p[1].upper(), reverse=True)
