class I:
    def __iadd__(self, o):
        raise OverflowError('iadd')
x = [I()]
x[0] += (
    1 +
    2)
