print('pkg.sub', __package__)
thing = 'thing'
def call(f, *a): return f(*a)
def fail(): raise LookupError('in pkg.sub')
