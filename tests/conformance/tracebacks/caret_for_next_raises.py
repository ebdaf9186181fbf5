class I:
    def __iter__(self): return self
    def __next__(self): raise OSError(5, 'next failed')
for x, y in I():
    print(x)
