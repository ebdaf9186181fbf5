import re, functools
def rep(m): return functools.reduce(lambda a, b: a + b, [m.group(), 5])
re.sub('a', rep, 'banana')
