import _helper
def cb(n):
    return _helper.deep(
        n)
cb(2)
