fs = [len, lambda x: x[0](x)]
fs[1]([
    fs[1],
    5])[2](3)
