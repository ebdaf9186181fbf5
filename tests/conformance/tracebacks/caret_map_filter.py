def conv(s): return int(s, base=10)
print(list(map(conv, filter(None, ['1', '', '2x', '3']))))
