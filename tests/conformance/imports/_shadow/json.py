print('shadow json imported')
def dumps(x): return 'shadow'
def loads(x): return 'shadow'
